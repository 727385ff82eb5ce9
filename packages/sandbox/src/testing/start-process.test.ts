import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort } from "../engines/free-port.ts";
import { startProcess } from "./start-process.ts";
import type { StartedProcess } from "./start-process.ts";

let folder: string;
let started: StartedProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-start-"));
});

afterEach(async () => {
  await started?.stop(0);
  started = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const write = (script: string) => {
  const entry = join(folder, "entry.mjs");
  writeFileSync(entry, script);
  return entry;
};

const SERVER = `
import { createServer } from "node:http";
console.log("variables", process.env.PORT, process.env.VITEST ?? "none");
createServer((_, response) => response.end()).listen(Number(process.env.PORT), "127.0.0.1");
`;

test("a program is ready when its address answers, and hands out what it printed", async () => {
  const port = await freePort();
  const isReady = `http://127.0.0.1:${port}/`;
  started = await startProcess({
    name: "server",
    entry: write(SERVER),
    env: { PORT: String(port) },
    isReady,
  });
  expect(started.logs()).toContain(`variables ${port} none`);
});

test("a killed program reports the signal", async () => {
  const entry = write("setInterval(() => {}, 1000);");
  started = await startProcess({ name: "idle", entry, env: {}, isReady: () => true });
  started.signal("SIGKILL");
  expect(await started.exited).toBe("SIGKILL");
});

test("a paused program can be stopped", async () => {
  const entry = write("setInterval(() => {}, 1000);");
  started = await startProcess({ name: "idle", entry, env: {}, isReady: () => true });
  started.signal("SIGSTOP");
  expect(await started.stop()).toBe("SIGTERM");
});

test("a program that ends before it is ready is an error with what it printed", async () => {
  const entry = write("console.log('no such setting'); process.exitCode = 2;");
  await expect(startProcess({ name: "broken", entry, env: {}, isReady: () => false })).rejects.toThrow(
    /broken ended with 2 before it was ready[^]*no such setting/,
  );
});

test("a program that is never ready is stopped", async () => {
  const entry = write("setInterval(() => {}, 1000);");
  const options = { name: "slow", entry, env: {}, isReady: () => false, timeoutMs: 50 };
  await expect(startProcess(options)).rejects.toThrow(/slow was not ready within 50 ms/);
});
