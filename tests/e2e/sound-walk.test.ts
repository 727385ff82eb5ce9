import { bundledSounds } from "@tocsin/contracts/bundled-sounds";
import { startTestS3, type TestS3 } from "@tocsin/sandbox/s3/test-server";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startSystem, type System } from "../support/system.ts";
import { canFollowGuides, followGuide, readGuide } from "./support/guide.ts";

const guide = readGuide("how-do-i-add-a-sound.md");

let s3: TestS3;
let system: System;

beforeAll(async () => {
  s3 = await startTestS3();
  const { bucket, region, endpoint, credentials } = s3.options;
  system = await startSystem(undefined, {
    S3_BUCKET: bucket,
    S3_REGION: region,
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    S3_FORCE_PATH_STYLE: "true",
  });
});

afterAll(async () => {
  await system.close();
  await s3.stop();
});

it.skipIf(!canFollowGuides)("the guide to adding a sound does what it says, command by command", async () => {
  const blocks = await followGuide(guide, system);
  const [, listed, , uploaded, refused, rule, unknown, loaded, taken] = blocks.map(({ answers }) => answers);
  expect(listed).toMatchObject([{ items: [] }]);
  expect(uploaded).toMatchObject([{ name: "vault door.wav", contentType: "audio/wav", bytes: 8044 }]);
  expect(refused).toMatchObject([{ code: "UNPLAYABLE_SOUND" }, { code: "SOUND_NAME_TAKEN" }]);
  expect(rule).toMatchObject([{ sound: "vault door.wav" }]);
  expect(unknown).toMatchObject([{ code: "UNKNOWN_SOUND", errors: [{ pointer: "/sound" }] }]);
  expect(loaded).toMatchObject([{ items: [{ name: "vault door.wav" }], total: 1 }]);
  expect(blocks[7]?.output).toContain("the same to the byte");
  expect(taken).toMatchObject([
    { code: "SOUND_IN_USE" },
    { sound: "siren.mp3" },
    { code: "SOUND_NOT_FOUND" },
  ]);
  expect(s3.server.store.list()).toEqual([]);
});

it("the guide names the bundled sounds", () => {
  for (const name of bundledSounds) expect(guide).toContain(`\`${name}\``);
});

it("the worker deletes the files that no sound has", async () => {
  const key = "sounds/of-an-upload-that-ended-in-between.wav";
  s3.server.store.put({ key, content: Buffer.from("x"), headers: {} });
  await system.db.orphanObject.create({ data: { objectKey: key, state: "uploading", dueAt: new Date(0) } });
  await eventually(() => expect(s3.server.store.get(key)).toBeUndefined(), { timeoutMs: 20_000 });
  await eventually(async () => expect(await system.db.orphanObject.count()).toBe(0));
});
