import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundledSounds } from "@tocsin/contracts/bundled-sounds";
import { startTestS3, type TestS3 } from "@tocsin/sandbox/s3/test-server";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { accounts, password, startSystem, type System } from "../support/system.ts";
import { hasCommand } from "./support/has-command.ts";

const run = promisify(execFile);
const guide = readFileSync(join(import.meta.dirname, "../../docs/how-do-i-add-a-sound.md"), "utf8");

/** The commands of the guide; the first block says where the system is, which is another one here. */
const [, ...blocks] = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, commands = ""]) => commands);

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

const parse = (line: string) => JSON.parse(line) as Record<string, unknown>;

/** The answers of one block: each call prints its own on a line. */
const answersOf = (output: string) =>
  output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map(parse);

it.skipIf(!hasCommand("curl") || !hasCommand("bash"))(
  "the guide to adding a sound does what it says, command by command",
  async () => {
    const separator = "=====";
    const script = ["set -euo pipefail", ...blocks].join(`\necho ${separator}\n`);
    const { stdout } = await run("bash", ["-c", script], {
      env: {
        ...process.env,
        API: `${system.url}/api/v1`,
        EMAIL: accounts.manager.email,
        PASSWORD: password,
      },
      timeout: 50_000,
    });
    const parts = stdout.split(separator);
    const [, , listed, , uploaded, refused, rule, unknown, , taken] = parts.map(answersOf);
    expect(listed).toMatchObject([{ items: [] }]);
    expect(uploaded).toMatchObject([{ name: "vault door.wav", contentType: "audio/wav", bytes: 8044 }]);
    expect(refused).toMatchObject([{ code: "UNPLAYABLE_SOUND" }, { code: "SOUND_NAME_TAKEN" }]);
    expect(rule).toMatchObject([{ sound: "vault door.wav" }]);
    expect(unknown).toMatchObject([{ code: "UNKNOWN_SOUND", errors: [{ pointer: "/sound" }] }]);
    expect(parts[8]).toContain("the same to the byte");
    expect(taken).toMatchObject([
      { code: "SOUND_IN_USE" },
      { sound: "siren.mp3" },
      { code: "SOUND_NOT_FOUND" },
    ]);
    expect(s3.server.store.list()).toEqual([]);
  },
);

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
