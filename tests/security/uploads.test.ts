import { readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { maximumSoundBytes } from "@tocsin/contracts/api/sounds";
import { createMemoryObjectStorage } from "@tocsin/core/testing/memory-object-storage";
import { id3Tag, silentMp3, silentOgg, silentWav } from "@tocsin/core/testing/sound-files";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { beginUpload, formWith, sendUpload } from "./support/raw-upload.ts";
import { serveApp, type ServedApp } from "./support/served-app.ts";

const objects = createMemoryObjectStorage();
let app: ServedApp;
let manager: string;
let operator: string;
let count = 0;

beforeAll(async () => {
  app = await serveApp({}, { objects });
  manager = (await app.login("RuleManager")).accessToken;
  operator = (await app.login("Operator")).accessToken;
});

afterAll(() => app.close());

const newName = () => `sound-${(count += 1)}`;

const upload = (content: Buffer, name = newName()) =>
  sendUpload(app.url, manager, formWith(content, `name="file"; filename="${name}"`));

/** All that an upload may leave behind. */
async function remains() {
  const { db } = app.services;
  const [sounds, orphans, audit] = await Promise.all([
    db.sound.count(),
    db.orphanObject.count(),
    db.auditLog.count(),
  ]);
  return { sounds, orphans, audit, objects: objects.objects.size };
}

describe("what a file holds decides, not what it is called", () => {
  const png = Buffer.from("\u0089PNG\r\n\u001a\n\u0000\u0000\u0000\rIHDR".padEnd(64, "\0"), "latin1");
  const html = Buffer.from("<html><script>alert(1)</script></html>");
  const elf = Buffer.from("\u007fELF\u0002\u0001\u0001".padEnd(64, "\0"), "latin1");
  const zip = Buffer.from("PK\u0003\u0004".padEnd(64, "\0"), "latin1");

  it.each([
    ["a picture", png],
    ["a page", html],
    ["a program", elf],
    ["an archive", zip],
    ["the first bytes of a sound alone", silentMp3().subarray(0, 4)],
    ["a picture behind a sound's tag", Buffer.concat([id3Tag(Buffer.alloc(20)), png])],
    ["a sound with a page behind it", Buffer.concat([silentMp3(), html])],
    ["a sound with an archive behind it", Buffer.concat([silentOgg(), zip])],
    ["a sound that is cut off", silentWav(10_000).subarray(0, 9_999)],
  ])("%s is refused and kept nowhere", async (_what, content) => {
    const before = await remains();
    const { status, body } = await upload(content, "alert-tone.mp3");
    expect([status, body["code"]]).toEqual([422, "UNPLAYABLE_SOUND"]);
    expect(body["errors"]).toEqual([expect.objectContaining({ pointer: "/file" })]);
    expect(await remains()).toEqual(before);
  });

  it("a sound is served as what it is", async () => {
    const { body } = await upload(silentWav(), "page.html");
    expect(body).toMatchObject({ name: "page.html.wav", contentType: "audio/wav" });
  });
});

describe("how large a file is", () => {
  it.each([
    [maximumSoundBytes - 1, 201],
    [maximumSoundBytes, 201],
    [maximumSoundBytes + 1, 413],
    [maximumSoundBytes * 3, 413],
  ])("%i bytes: %i", async (bytes, expected) => {
    const before = await remains();
    const { status, body } = await upload(silentWav(bytes));
    expect(status).toBe(expected);
    if (expected === 201) expect(body["bytes"]).toBe(bytes);
    else expect(await remains()).toEqual(before);
  });

  it("is not learnt by waiting for its end: what never ends is refused at the limit", async () => {
    const { asking, answer } = beginUpload(app.url, { token: manager });
    const begin = formWith(silentWav(100), `name="file"; filename="endless.wav"`);
    asking.write(begin.subarray(0, 250));
    for (let sent = 0; sent <= maximumSoundBytes; sent += 65_536) asking.write(Buffer.alloc(65_536));
    expect(await answer).toMatchObject({ status: 413, body: { code: "PAYLOAD_TOO_LARGE" } });
    asking.destroy();
  });

  it("is believed where it is said: what is announced too large is not even begun", async () => {
    const { asking, answer } = beginUpload(app.url, {
      token: manager,
      headers: { "content-length": "50000000" },
    });
    asking.write("--");
    expect(await answer).toMatchObject({ status: 413 });
    asking.destroy();
  });
});

describe("a hostile name", () => {
  it.each([
    [`filename="../../../etc/cron.d/x.wav"`, "x.wav"],
    [String.raw`filename="..\\..\\x2.wav"`, "x2.wav"],
    [`filename="..%2f..%2fx3.wav"`, "x3.wav"],
    [`filename="x5%00%0d%0aSet-Cookie: a=b.wav"`, "x5Set-Cookie ab.wav"],
    [`filename*=utf-8''..%2f..%2fx6%0d%0aX%3a%20y.wav`, "x6X y.wav"],
    [`filename="x7\u202Evaw.exe"`, "x7vaw.exe.wav"],
    [`filename="<svg onload=alert(1)>.wav"`, "svg onloadalert(1).wav"],
    [`filename="${"x".repeat(5_000)}.wav"`, `${"x".repeat(96)}.wav`],
  ])("%j becomes %j, and the object's key has nothing of it", async (fileName, name) => {
    const form = formWith(silentWav(), `name="file"; ${fileName}`);
    const { status, body } = await sendUpload(app.url, manager, form);
    expect([status, body["name"]]).toEqual([201, name]);
    const { objectKey } = await app.services.db.sound.findUniqueOrThrow({
      where: { id: String(body["id"]) },
    });
    expect(objectKey).toBe(`sounds/${String(body["id"])}.wav`);
    expect(objects.objects.has(objectKey)).toBe(true);
  });

  it.each([
    [`filename="a\r\nContent-Type: text/html\r\n\r\n<script>"`],
    [`filename="a\u0000.wav"`],
    [`filename="../.."`],
    [`filename=""`],
    [""],
  ])("%j is refused", async (fileName) => {
    const before = await remains();
    const { status } = await sendUpload(app.url, manager, formWith(silentWav(), `name="file"; ${fileName}`));
    expect(status).toBe(400);
    expect(await remains()).toEqual(before);
  });

  it.each(["__proto__", "constructor", "file[]", "FILE", "x".repeat(10_000)])(
    "of a field is refused: %s",
    async (field) => {
      const before = await remains();
      const form = formWith(silentWav(), `name="${field}"; filename="a.wav"`);
      expect(await sendUpload(app.url, manager, form)).toMatchObject({ status: 400 });
      expect(await remains()).toEqual(before);
    },
  );
});

describe("a form that is none", () => {
  const whole = formWith(silentWav(), `name="file"; filename="a.wav"`);

  it.each([
    ["empty", Buffer.alloc(0)],
    ["without its end", whole.subarray(0, -10)],
    ["cut off within its headers", whole.subarray(0, 60)],
    ["of other boundaries", Buffer.from(whole.toString("latin1").replaceAll("boundary", "b"), "latin1")],
    ["not a form at all", silentWav()],
  ])("is refused: %s", async (_what, body) => {
    const before = await remains();
    expect(await sendUpload(app.url, manager, body)).toMatchObject({
      status: 400,
      body: { code: "VALIDATION_FAILED" },
    });
    expect(await remains()).toEqual(before);
  });

  it.each([
    ["multipart/form-data", 400],
    ["multipart/form-data; boundary=", 400],
    ["multipart/mixed; boundary=a-boundary-of-tests", 415],
    ["application/json", 415],
    ["audio/wav", 415],
  ])("is told by its type: %s", async (type, status) => {
    const { asking, answer } = beginUpload(app.url, { token: manager, headers: { "content-type": type } });
    asking.end(whole);
    expect(await answer).toMatchObject({ status });
  });
});

describe("who uploads", () => {
  it.each([
    ["nobody", () => undefined, 401],
    ["someone who may not", () => operator, 403],
  ])("is known before a byte is read: %s", async (_who, token, status) => {
    const given = token();
    const { asking, answer } = beginUpload(app.url, {
      ...(given !== undefined && { token: given }),
      headers: { "content-length": String(maximumSoundBytes) },
    });
    // The headers alone: an answer shows that nothing else was waited for.
    asking.flushHeaders();
    expect(await answer).toMatchObject({ status });
    asking.destroy();
  });

  it("may go away at any time: nothing remains, on disk neither", async () => {
    const before = await remains();
    const files = readdirSync(tmpdir()).length;
    const form = formWith(silentWav(500_000), `name="file"; filename="gone.wav"`);
    for (const share of [0.01, 0.5, 0.99]) {
      const { asking } = beginUpload(app.url, {
        token: manager,
        headers: { "content-length": String(form.length) },
      });
      await new Promise((resolve) => {
        asking.write(form.subarray(0, Math.floor(form.length * share)), resolve);
      });
      asking.destroy();
    }
    // Behind them in the queue of the process: when it is answered, they have been dealt with.
    await eventually(async () => expect((await upload(silentWav())).status).toBe(201));
    expect(await remains()).toEqual({
      ...before,
      sounds: before.sounds + 1,
      objects: before.objects + 1,
      audit: before.audit + 1,
    });
    expect(readdirSync(tmpdir()).length).toBeLessThanOrEqual(files);
  });

  it("is told to come back where too many of the same user are under way, and the places come free again", async () => {
    const begin = formWith(silentWav(1_000), `name="file"; filename="slow.wav"`).subarray(0, 300);
    const slow = Array.from({ length: 8 }, () => beginUpload(app.url, { token: manager }));
    for (const { asking } of slow) asking.write(begin);
    await eventually(async () => {
      expect(await upload(silentWav())).toMatchObject({ status: 503, body: { code: "UNAVAILABLE" } });
    });
    for (const { asking } of slow) asking.destroy();
    await eventually(async () => expect((await upload(silentWav())).status).toBe(201));
  });

  it("goes on for others while one user's eight slow uploads are under way", async () => {
    const other = (await app.login("RuleManager")).accessToken;
    const begin = formWith(silentWav(1_000), `name="file"; filename="slow.wav"`).subarray(0, 300);
    const slow = Array.from({ length: 8 }, () => beginUpload(app.url, { token: manager }));
    for (const { asking } of slow) asking.write(begin);
    // Their own next one is refused: the eight have taken all that one user may.
    await eventually(async () => expect((await upload(silentWav())).status).toBe(503));
    const form = formWith(silentWav(), `name="file"; filename="${newName()}"`);
    expect((await sendUpload(app.url, other, form)).status).toBe(201);
    for (const { asking } of slow) asking.destroy();
    await eventually(async () => expect((await upload(silentWav())).status).toBe(201));
  });
});
