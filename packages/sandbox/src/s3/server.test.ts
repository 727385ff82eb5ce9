import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { bucket, errorOf, startTestS3 } from "./test-server.ts";
import type { TestS3 } from "./test-server.ts";

let s3: TestS3;

beforeAll(async () => {
  s3 = await startTestS3({ slowMs: 1_000 });
});

afterEach(() => s3.server.faults.clear());

afterAll(() => s3.stop());

const content = Buffer.from("a little more than nothing");

function put(Key: string, some: object = {}) {
  return s3.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: content, ...some }));
}

async function get(Key: string, some: object = {}) {
  const answer = await s3.client.send(new GetObjectCommand({ Bucket: bucket, Key, ...some }));
  return { ...answer, text: await answer.Body?.transformToString() };
}

describe("objects", () => {
  it("come back as they were put, whatever their key is made of", async () => {
    const key = "a/b c/ü+%2f&<>'()*.mp3";
    const facts = { ContentType: "audio/mpeg", CacheControl: "max-age=1", Metadata: { of: "x" } };
    await put(key, facts);
    expect(await get(key)).toMatchObject({ ...facts, ContentLength: content.length, text: String(content) });
  });

  it("are put as a stream too, in chunks with a checksum behind them", async () => {
    const Body = Readable.from([content, content]);
    await put("stream", { Body, ContentLength: content.length * 2, ContentType: "audio/ogg" });
    expect(s3.server.requests.at(-1)?.bytes).toBeGreaterThan(content.length * 2);
    const { text, ContentEncoding } = await get("stream");
    expect({ text, ContentEncoding }).toEqual({
      text: String(content).repeat(2),
      ContentEncoding: undefined,
    });
  });

  it("are read in parts", async () => {
    await put("parts");
    expect(await get("parts", { Range: "bytes=2-7" })).toMatchObject({
      text: "little",
      ContentRange: `bytes 2-7/${content.length}`,
    });
    expect((await get("parts", { Range: "bytes=-7" })).text).toBe("nothing");
    expect(await errorOf(get("parts", { Range: "bytes=500-" }))).toBe("InvalidRange");
  });

  it("are described, copied, deleted, and then not there", async () => {
    await put("first", { ContentType: "audio/wav" });
    await s3.client.send(
      new CopyObjectCommand({ Bucket: bucket, Key: "second", CopySource: `${bucket}/first` }),
    );
    const head = await s3.client.send(new HeadObjectCommand({ Bucket: bucket, Key: "second" }));
    expect(head).toMatchObject({ ContentType: "audio/wav", ContentLength: content.length });
    await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: "first" }));
    await s3.client.send(
      new DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects: [{ Key: "second" }, { Key: "none" }] } }),
    );
    expect(await errorOf(get("first"))).toBe("NoSuchKey");
    expect(await errorOf(get("second"))).toBe("NoSuchKey");
  });

  it("are not put over another where that is forbidden", async () => {
    await put("once", { IfNoneMatch: "*" });
    expect(await errorOf(put("once", { IfNoneMatch: "*" }))).toBe("PreconditionFailed");
  });

  it("are not sent again to whoever has them", async () => {
    const { ETag } = await put("known");
    await expect(get("known", { IfNoneMatch: ETag })).rejects.toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
  });

  it("are listed by prefix, page by page, and by folder", async () => {
    for (const key of ["list/a", "list/b", "list/c/1", "list/c/2"]) await put(key);
    const list = (some: object) =>
      s3.client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: "list/", ...some }));
    const first = await list({ MaxKeys: 3 });
    expect(first.Contents?.map(({ Key }) => Key)).toEqual(["list/a", "list/b", "list/c/1"]);
    const second = await list({ MaxKeys: 3, ContinuationToken: first.NextContinuationToken });
    expect(second).toMatchObject({ IsTruncated: false, Contents: [{ Key: "list/c/2" }] });
    expect((await list({ Delimiter: "/" })).CommonPrefixes).toEqual([{ Prefix: "list/c/" }]);
  });

  it("of another bucket are not there", async () => {
    expect(await errorOf(s3.client.send(new GetObjectCommand({ Bucket: "another-one", Key: "a" })))).toBe(
      "NoSuchBucket",
    );
  });

  it("outlive the process where there is a folder for them", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-s3-"));
    try {
      const before = await startTestS3({ folder });
      await before.client.send(new PutObjectCommand({ Bucket: bucket, Key: "kept/../a", Body: content }));
      await before.stop();
      const after = await startTestS3({ folder });
      expect(after.server.store.list()).toEqual([expect.objectContaining({ key: "kept/../a" })]);
      expect(after.server.store.get("kept/../a")?.content).toEqual(content);
      await after.stop();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("a body", () => {
  it.each(["CRC32", "SHA1", "SHA256"] as const)("is held against its %s", async (ChecksumAlgorithm) => {
    await put("sum", { ChecksumAlgorithm });
    expect((await get("sum", { ChecksumMode: "ENABLED" }))[`Checksum${ChecksumAlgorithm}`]).toBeTypeOf(
      "string",
    );
  });

  it.each([
    [{ ChecksumCRC32: "AAAAAA==" }],
    [{ ChecksumSHA256: Buffer.alloc(32).toString("base64") }],
    [{ ContentMD5: Buffer.alloc(16).toString("base64") }],
  ])("that does not fit %o is refused and not kept", async (some) => {
    expect(await errorOf(put("broken", some))).toBe("BadDigest");
    expect(s3.server.store.get("broken")).toBeUndefined();
  });
});

describe("faults", () => {
  it.each([
    ["500", "InternalError"],
    ["503", "SlowDown"],
    ["slow", "ETIMEDOUT"],
    ["hang", "ETIMEDOUT"],
    ["drop", "ECONNRESET"],
  ] as const)("%s: the call fails with %s and the next one succeeds", async (kind, error) => {
    const key = `fault-${kind}`;
    s3.server.faults.add({ kind, calls: 1 });
    expect(await errorOf(put(key))).toBe(error);
    if (kind !== "slow") expect(s3.server.store.get(key)).toBeUndefined();
    expect(await errorOf(put(key))).toBeUndefined();
  });

  it("lost: what was asked is done, but nobody says so", async () => {
    s3.server.faults.add({ kind: "lost", calls: 1 });
    expect(await errorOf(put("lost"))).toBe("ECONNRESET");
    expect(s3.server.store.get("lost")?.content).toEqual(content);
  });

  it("are ordered over HTTP, and what was called and stored is told", async () => {
    const at = `http://127.0.0.1:${s3.server.port}/sandbox`;
    const order = (body: object) => fetch(`${at}/faults`, { method: "POST", body: JSON.stringify(body) });
    expect(await (await order({ kind: "500", calls: 2 })).json()).toEqual({
      faults: [{ kind: "500", calls: 2 }],
    });
    expect((await order({ kind: "429" })).status).toBe(400);
    expect(await (await fetch(`${at}/faults`, { method: "DELETE" })).json()).toEqual({ faults: [] });
    await put("told");
    const { requests } = (await (await fetch(`${at}/requests`)).json()) as { requests: object[] };
    expect(requests.at(-1)).toMatchObject({ method: "PUT", bytes: content.length, status: 200 });
    const { objects } = (await (await fetch(`${at}/objects`)).json()) as { objects: object[] };
    expect(objects).toContainEqual(expect.objectContaining({ key: "told", size: content.length }));
    expect((await fetch(`${at}/nothing`)).status).toBe(404);
  });
});
