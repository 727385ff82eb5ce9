import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { generateSecrets, loadSecrets } from "./secrets.ts";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-secrets-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("no two clones share a secret, and the token secret holds 32 bytes or more", () => {
  const [one, other] = [generateSecrets(), generateSecrets()];
  expect(one.jwtSecret).not.toBe(other.jwtSecret);
  expect(one.pusherSecret).not.toBe(other.pusherSecret);
  expect(Buffer.from(one.jwtSecret, "base64url").length).toBeGreaterThanOrEqual(32);
});

test("secrets are made once and only their owner can read them", () => {
  const file = join(folder, "a", "secrets.json");
  expect(loadSecrets(file)).toEqual(loadSecrets(file));
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test("a file of before there was object storage is completed, and nothing else in it changes", () => {
  const file = join(folder, "secrets.json");
  const { s3AccessKeyId: _id, s3SecretAccessKey: _secret, ...older } = generateSecrets();
  writeFileSync(file, JSON.stringify(older));
  const loaded = loadSecrets(file);
  expect(loaded).toMatchObject(older);
  expect(loaded.s3SecretAccessKey.length).toBeGreaterThanOrEqual(40);
  expect(loadSecrets(file)).toEqual(loaded);
});

test.each(["", "[]", "null", '{"jwtSecret":""}'])("a damaged file %j is refused, not replaced", (text) => {
  const file = join(folder, "secrets.json");
  writeFileSync(file, text);
  expect(() => loadSecrets(file)).toThrow(/is damaged/);
});
