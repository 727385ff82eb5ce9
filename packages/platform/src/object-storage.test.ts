import { startTestS3, type TestS3 } from "@tocsin/sandbox/s3/test-server";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { createObjectStorage, type ObjectStorage, type ObjectStorageOptions } from "./object-storage.ts";

const content = Buffer.from("ding");
const key = "sounds/1.mp3";

let s3: TestS3;
let storage: ObjectStorage;

beforeAll(async () => {
  s3 = await startTestS3();
  storage = open();
});

afterEach(() => s3.server.faults.clear());

afterAll(async () => {
  storage.close();
  await s3.stop();
});

function open(some: Partial<ObjectStorageOptions> = {}): ObjectStorage {
  return createObjectStorage({ ...s3.options, urlSeconds: 60, ...some });
}

describe("an object", () => {
  it("is read at its link, as what it was stored as, until it is deleted", async () => {
    await storage.put({ key, content, contentType: "audio/mpeg" });
    const { url } = await storage.link(key);
    expect(s3.server.store.get(key)?.headers["x-amz-checksum-crc32"]).toBeTypeOf("string");
    expect(url).not.toContain("checksum");
    const answer = await fetch(url);
    expect(await answer.text()).toBe("ding");
    expect(answer.headers.get("content-type")).toBe("audio/mpeg");
    expect(answer.headers.get("content-disposition")).toBe("attachment");
    await storage.delete(key);
    await storage.delete(key);
    expect((await fetch(url)).status).toBe(404);
  });

  it("has the same link for half of the link's life, and at least the other half is left", async () => {
    const [one, other] = [await storage.link(key), await storage.link(key)];
    expect(one).toEqual(other);
    const left = (one.expiresAt?.getTime() ?? 0) - Date.now();
    expect(left).toBeGreaterThan(29_000);
    expect(left).toBeLessThanOrEqual(60_000);
  });

  it("has a link without an end where everybody reads it from elsewhere", async () => {
    const behindCdn = open({ cdnUrl: "https://cdn.example.com/tocsin" });
    expect(await behindCdn.link(key)).toEqual({
      url: `https://cdn.example.com/tocsin/${key}`,
      expiresAt: null,
    });
    behindCdn.close();
  });
});

describe("a storage", () => {
  it("that fails once is asked again", async () => {
    s3.server.faults.add({ kind: "500", calls: 1 });
    await storage.put({ key: "twice", content, contentType: "audio/wav" });
    expect(s3.server.store.get("twice")?.content).toEqual(content);
  });

  it.each(["500", "503", "drop"] as const)(
    "that goes on failing (%s) is unavailable, no more",
    async (kind) => {
      s3.server.faults.add({ kind, calls: 2 });
      const refused = storage.put({ key: "never", content, contentType: "audio/wav" });
      await expect(refused).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 5 });
      expect(s3.server.store.get("never")).toBeUndefined();
    },
  );

  it("is not waited for by whoever went away", async () => {
    s3.server.faults.add({ kind: "hang", calls: 1 });
    const signal = AbortSignal.timeout(100);
    const aborted = storage.put({ key: "gone", content, contentType: "audio/wav" }, signal);
    await expect(aborted).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  it("that is not configured says so", async () => {
    const absent = createObjectStorage(undefined);
    for (const call of [absent.link(key), absent.delete(key)]) {
      await expect(call).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining("S3_BUCKET") as string,
      });
    }
    absent.close();
  });
});
