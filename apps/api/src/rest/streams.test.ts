import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { prefix, serveRouter } from "../testing/serve-router.ts";
import { recordingLog } from "../testing/stub-services.ts";
import { procedure, router } from "../trpc/init.ts";

const kilobyte = "x".repeat(1023);
const piecesSchema = z.unknown() as z.ZodType<AsyncIterable<string>>;

let made = 0;
let hasEnded = false;

/** A text without an end. */
async function* endless(): AsyncGenerator<string> {
  try {
    for (;;) {
      made += 1;
      // As long as reading from a database takes, so that everything else has its turn.
      yield await new Promise<string>((resolve) => setImmediate(() => resolve(`${kilobyte}\n`)));
    }
  } finally {
    hasEnded = true;
  }
}

async function* breaking(): AsyncGenerator<string> {
  yield "a\n";
  await Promise.resolve();
  throw new Error("SELECT secret FROM canary");
}

const streams = { streams: "text/csv" } as const;
const testRouter = router({
  endless: procedure("public")
    .meta({ openapi: { method: "GET", path: "/endless" }, ...streams })
    .output(piecesSchema)
    .query(() => endless()),
  breaking: procedure("public")
    .meta({ openapi: { method: "GET", path: "/breaking" }, ...streams })
    .output(piecesSchema)
    .query(() => breaking()),
});

const { log } = recordingLog();
const server = createServer(serveRouter(testRouter, log));

beforeAll(() => new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve)));

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function open(path: string): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    get({ port, path: prefix + path, host: "127.0.0.1" }, resolve).once("error", reject);
  });
}

describe("an answer in pieces", () => {
  it("is made no faster than it is taken, and no longer once nobody takes it", async () => {
    const answer = await open("/endless");
    expect(answer.headers["content-type"]).toContain("text/csv");
    // Nobody reads: what fits on the way is made, then no more.
    let before = -1;
    await expect
      .poll(() => {
        const hasStopped = made === before;
        before = made;
        return hasStopped;
      })
      .toBe(true);
    expect(hasEnded).toBe(false);
    answer.destroy();
    await expect.poll(() => hasEnded).toBe(true);
  });

  it("is made no further than its first piece for whoever asks for its head alone", async () => {
    made = 0;
    const { port } = server.address() as AddressInfo;
    const answer = await fetch(`http://127.0.0.1:${port}${prefix}/endless`, { method: "HEAD" });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/csv; charset=utf-8"]);
    expect(made).toBe(1);
  });

  it("is cut off where it cannot be made whole, without a word about why", async () => {
    const answer = await open("/breaking");
    let text = "";
    answer.setEncoding("utf8");
    answer.on("data", (piece: string) => (text += piece));
    const outcome = new Promise((resolve) => {
      answer.once("end", () => resolve("whole"));
      answer.once("error", () => resolve("cut off"));
    });
    expect(await outcome).toBe("cut off");
    expect(text).not.toContain("canary");
  });
});
