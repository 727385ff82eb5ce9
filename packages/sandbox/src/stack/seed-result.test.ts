import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readSeedResult } from "./seed-result.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-seed-"));
  file = join(folder, "accounts.json");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const account = { email: "admin@example.test", password: "secret", roles: ["Admin"] };

test("accounts are read without anything else the file may hold", () => {
  writeFileSync(file, JSON.stringify({ accounts: [{ ...account, id: 7 }], hasAdmin: true, more: 1 }));
  expect(readSeedResult(file)).toEqual({ accounts: [account], hasAdmin: true });
});

test.each([
  null,
  {},
  [account],
  { accounts: [] },
  { accounts: [{ email: "a" }], hasAdmin: true },
  { accounts: [null], hasAdmin: true },
  { accounts: [{ ...account, roles: "Admin" }], hasAdmin: true },
])("%j is no result of a seed", (value) => {
  writeFileSync(file, JSON.stringify(value));
  expect(() => readSeedResult(file)).toThrow(/does not list accounts/);
});
