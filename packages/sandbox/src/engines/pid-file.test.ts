import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { clearPidFile, readLivePidFile, writePidFile } from "./pid-file.ts";

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-pid-"));
  file = join(folder, "x.pid");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("the process that was noted is found while it runs", () => {
  writePidFile(file, { name: "me", pid: process.pid });
  expect(readLivePidFile(file)).toEqual({ name: "me", pid: process.pid });
});

test("a later process with the same id is not mistaken for the noted one", () => {
  writeFileSync(file, JSON.stringify({ name: "me", pid: process.pid, identity: "another start" }));
  expect(readLivePidFile(file)).toBeUndefined();
});

test.each(["", "{", "null", "[]", '{"pid":1}', '{"name":"x","pid":"1"}', '{"name":"x","pid":1}'])(
  "a damaged file %j names no process",
  (text) => {
    writeFileSync(file, text);
    expect(readLivePidFile(file)).toBeUndefined();
  },
);

test("a missing file names no process and may be cleared", () => {
  expect(readLivePidFile(file)).toBeUndefined();
  expect(() => clearPidFile(file)).not.toThrow();
});
