import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { findOnPath } from "./find-on-path.ts";

const NAME = "tocsin-test-program";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-path-"));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function program(place: string, mode: number): string {
  const file = join(folder, place, NAME);
  mkdirSync(join(folder, place), { recursive: true });
  writeFileSync(file, "");
  chmodSync(file, mode);
  return file;
}

test("the first folder that holds the program wins", () => {
  const first = program("first", 0o755);
  program("second", 0o755);
  expect(findOnPath([NAME], `${join(folder, "first")}:${join(folder, "second")}`)).toBe(first);
});

test("a file that cannot be executed, and a folder of that name, are passed over", () => {
  program("plain", 0o644);
  mkdirSync(join(folder, "folder", NAME), { recursive: true });
  const real = program("real", 0o755);
  const path = ["plain", "folder", "real"].map((place) => join(folder, place)).join(":");
  expect(findOnPath([NAME], path)).toBe(real);
});

test("a program that is nowhere is not found", () => {
  expect(findOnPath([NAME], "")).toBeUndefined();
});
