import { createObjectStorage, type ObjectStorage } from "@tocsin/platform/object-storage";
import { startTestS3, type TestS3 } from "@tocsin/sandbox/s3/test-server";
import { silentMp3, silentWav } from "@tocsin/core/testing/sound-files";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { formWith, sendUpload } from "./support/raw-upload.ts";
import { serveApp, type ServedApp } from "./support/served-app.ts";

/** How long the URLs of this test live. Seconds. */
const urlSeconds = 4;

let s3: TestS3;
let objects: ObjectStorage;
let app: ServedApp;
let manager: string;
let url: string;
let otherUrl: string;

beforeAll(async () => {
  s3 = await startTestS3();
  objects = createObjectStorage({ ...s3.options, urlSeconds: 60 });
  app = await serveApp({}, { objects });
  manager = (await app.login("RuleManager")).accessToken;
  [url, otherUrl] = [await upload("a.mp3", silentMp3()), await upload("b.wav", silentWav())];
});

afterAll(async () => {
  await app.close();
  objects.close();
  await s3.stop();
});

async function upload(name: string, content: Buffer): Promise<string> {
  const { body } = await sendUpload(app.url, manager, formWith(content, `name="file"; filename="${name}"`));
  return String(body["url"]);
}

const statusOf = async (at: string, method = "GET") => (await fetch(at, { method })).status;

/** The same URL with one of its parts replaced. */
function changed(part: RegExp, by: string): string {
  const other = url.replace(part, by);
  if (other === url) throw new Error(`${url} has no ${part.source}`);
  return other;
}

describe("the URL of a sound", () => {
  it("reads that sound, without a login", async () => {
    expect(await statusOf(url)).toBe(200);
  });

  it("is told of with the time at which it ends, and does end", async () => {
    const short = createObjectStorage({ ...s3.options, urlSeconds });
    const [{ key } = { key: "" }] = s3.server.store.list();
    const link = await short.link(key);
    expect(await statusOf(link.url)).toBe(200);
    await eventually(async () => expect(await statusOf(link.url)).toBe(403), { timeoutMs: 10_000 });
    expect(link.expiresAt?.getTime()).toBeLessThanOrEqual(Date.now());
    short.close();
  });

  it("ends when the API says so", async () => {
    const { body } = await app.call("GET", "/api/v1/sounds", { token: manager });
    const items = body["items"] as { url: string; urlExpiresAt: string }[];
    for (const item of items) {
      const [, date = ""] = /X-Amz-Date=(\w+)/.exec(item.url) ?? [];
      const signedAt = Date.parse(date.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));
      expect(new Date(item.urlExpiresAt).getTime()).toBe(signedAt + 60_000);
    }
    expect(items).toHaveLength(2);
  });

  it("opens no other object, listing or bucket", async () => {
    const otherPath = new URL(otherUrl).pathname;
    const path = new RegExp(new URL(url).pathname.replaceAll(".", String.raw`\.`));
    const bucket = `/${s3.options.bucket}`;
    for (const target of [otherPath, `${bucket}/`, bucket, `${bucket}/sounds/../x`, `${bucket}/sounds%2fx`]) {
      expect([target, await statusOf(changed(path, target))]).toEqual([target, 403]);
    }
    expect(await statusOf(`${url}&list-type=2`)).toBe(403);
  });

  it.each([
    ["a longer life", /X-Amz-Expires=60/, "X-Amz-Expires=6000"],
    ["another date", /X-Amz-Date=\d{8}/, "X-Amz-Date=20991231"],
    ["another account", /X-Amz-Credential=[^%]+/, "X-Amz-Credential=somebody"],
    ["another signature", /X-Amz-Signature=.{4}/, "X-Amz-Signature=0000"],
    ["fewer signed headers", /X-Amz-SignedHeaders=host/, "X-Amz-SignedHeaders="],
    ["another type to be served as", /$/, "&response-content-type=text%2Fhtml"],
  ])("is not given %s", async (_what, part, by) => {
    expect(await statusOf(changed(part, by))).toBe(403);
  });

  it("neither writes nor deletes", async () => {
    for (const method of ["PUT", "POST", "DELETE"]) expect(await statusOf(url, method)).toBe(403);
    expect(await statusOf(url)).toBe(200);
  });

  it("is told to those alone who may see sounds", async () => {
    const { accessToken } = await app.login();
    expect((await app.call("GET", "/api/v1/sounds")).status).toBe(401);
    expect((await app.call("GET", "/api/v1/sounds", { token: accessToken })).status).toBe(403);
  });
});
