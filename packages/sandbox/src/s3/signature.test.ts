import { request as httpRequest } from "node:http";
import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucket, errorOf, startTestS3 } from "./test-server.ts";
import type { TestS3 } from "./test-server.ts";

let s3: TestS3;

beforeAll(async () => {
  s3 = await startTestS3();
  for (const Key of ["mine", "other"]) {
    await s3.client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: `content of ${Key}` }));
  }
});

afterAll(() => s3.stop());

function get(client = s3.client) {
  return client.send(new GetObjectCommand({ Bucket: bucket, Key: "mine" }));
}

describe("a signature in the header", () => {
  it("is refused where key, secret, region or clock are not right", async () => {
    const wrong = { accessKeyId: "key-of-tests", secretAccessKey: "another" };
    expect(await errorOf(get())).toBeUndefined();
    expect(await errorOf(get(s3.connect({ credentials: wrong })))).toBe("SignatureDoesNotMatch");
    expect(await errorOf(get(s3.connect({ credentials: { ...wrong, accessKeyId: "no" } })))).toBe(
      "InvalidAccessKeyId",
    );
    expect(await errorOf(get(s3.connect({ region: "us-east-1" })))).toBe("AuthorizationHeaderMalformed");
    expect(await errorOf(get(s3.connect({ systemClockOffset: -1_000_000 })))).toBe("RequestTimeTooSkewed");
    expect(await errorOf(get(s3.connect({ systemClockOffset: 1_000_000 })))).toBe("AccessDenied");
  });

  it("is missed where there is none", async () => {
    const answer = await fetch(`http://127.0.0.1:${s3.server.port}/${bucket}/mine`);
    expect(answer.status).toBe(403);
    expect(await answer.text()).toContain("<Code>AccessDenied</Code>");
  });

  it("covers the body", async () => {
    const signed = await signedPut("as signed");
    expect(await send(signed, "as signed")).toBe(200);
    expect(await send(signed, "as forged")).toBe(400);
  });
});

describe("a signed URL", () => {
  const sign = (expiresIn: number, signingDate = new Date()) =>
    getSignedUrl(s3.client, new GetObjectCommand({ Bucket: bucket, Key: "mine" }), {
      expiresIn,
      signingDate,
    });

  it("reads the object that it was made for", async () => {
    const answer = await fetch(await sign(60));
    expect(await answer.text()).toBe("content of mine");
  });

  it("ends when it was said to", async () => {
    const justBefore = await sign(60, new Date(Date.now() - 50_000));
    const justAfter = await sign(60, new Date(Date.now() - 61_000));
    expect((await fetch(justBefore)).status).toBe(200);
    const answer = await fetch(justAfter);
    expect([answer.status, await answer.text()]).toEqual([
      403,
      expect.stringContaining("Request has expired"),
    ]);
  });

  it.each([
    ["another object", (url: string) => url.replace("/mine?", "/other?")],
    ["a longer life", (url: string) => url.replace("X-Amz-Expires=60", "X-Amz-Expires=600")],
    ["a later date", (url: string) => url.replace(/X-Amz-Date=\d{4}/, "X-Amz-Date=2099")],
    ["another type", (url: string) => `${url}&response-content-type=text%2Fhtml`],
    ["a life of more than a week", (url: string) => url.replace("=60&", "=604801&")],
  ])("does not open %s", async (_what, change) => {
    const url = change(await sign(60));
    expect(url).not.toBe(await sign(60));
    const { status } = await fetch(url);
    expect([400, 403]).toContain(status);
  });

  it("of reading does not write or delete", async () => {
    const url = await sign(60);
    for (const method of ["PUT", "DELETE"]) expect((await fetch(url, { method })).status).toBe(403);
    expect(s3.server.store.get("mine")?.content.toString()).toBe("content of mine");
  });
});

/** The headers that the SDK signs a put with. */
async function signedPut(body: string): Promise<Record<string, string>> {
  let headers: Record<string, string> = {};
  const client = s3.connect({ requestChecksumCalculation: "WHEN_REQUIRED" });
  client.middlewareStack.add(
    (next) => (input) => {
      headers = { ...(input.request as { headers: Record<string, string> }).headers };
      return next(input);
    },
    { step: "deserialize", priority: "low" },
  );
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: "signed", Body: body }));
  return headers;
}

/** Fetch would send a host of its own choice. */
function send(headers: Record<string, string>, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const path = `/${bucket}/signed?x-id=PutObject`;
    const asking = httpRequest({ port: s3.server.port, method: "PUT", path, headers }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    });
    asking.once("error", reject).end(body);
  });
}
