import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isConfined } from "./app-armor.ts";

let root: string;
let program: string;
let profile: string;

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "tocsin-apparmor-")));
  program = write("usr/sbin/mysqld", "");
  profile = program.slice(1).replaceAll("/", ".");
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function write(file: string, text: string): string {
  const path = join(root, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const switchAppArmor = (state: "Y" | "N") => write("sys/module/apparmor/parameters/enabled", `${state}\n`);

test("a program with a profile is confined, also under another name", () => {
  switchAppArmor("Y");
  write(`etc/apparmor.d/${profile}`, "");
  symlinkSync(program, join(root, "mysqld-link"));
  expect(isConfined(program, root)).toBe(true);
  expect(isConfined(join(root, "mysqld-link"), root)).toBe(true);
});

test("without a profile, or with one that is disabled, it is free", () => {
  switchAppArmor("Y");
  expect(isConfined(program, root)).toBe(false);
  write(`etc/apparmor.d/${profile}`, "");
  write(`etc/apparmor.d/disable/${profile}`, "");
  expect(isConfined(program, root)).toBe(false);
});

test("a profile means nothing where AppArmor is off or absent", () => {
  write(`etc/apparmor.d/${profile}`, "");
  expect(isConfined(program, root)).toBe(false);
  switchAppArmor("N");
  expect(isConfined(program, root)).toBe(false);
});
