import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { findDatabase, isNotedAsPrivate } from "./database-url.ts";

const url = "mysql://tocsin:secret@127.0.0.1:3307/tocsin";

describe("a database that may be wiped", () => {
  it("is the one that npm start runs itself", () => {
    expect(isNotedAsPrivate({ DATABASE_URL: url, TOCSIN_PRIVATE_DATABASE: "true" }, url)).toBe(true);
  });

  it.each([
    ["one that npm start was given, though stand-ins run beside it", { DATABASE_URL: url, SANDBOX: "true" }],
    ["another one than npm start runs", { DATABASE_URL: `${url}2`, TOCSIN_PRIVATE_DATABASE: "true" }],
    ["one that is known by a file only", { DATABASE_URL_FILE: "/f", TOCSIN_PRIVATE_DATABASE: "true" }],
    ["any one where npm start never ran", {}],
  ])("is never %s", (_what, noted) => {
    expect(isNotedAsPrivate(noted, url)).toBe(false);
  });
});

describe("the database of a command", () => {
  it("is that of DATABASE_URL, or of the file that DATABASE_URL_FILE names", () => {
    const folder = mkdtempSync(join(tmpdir(), "tocsin-database-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const file = join(folder, "url");
    writeFileSync(file, `${url}\n`);
    const target = { url, origin: "DATABASE_URL" };
    expect(findDatabase({ DATABASE_URL: url })).toEqual(target);
    expect(findDatabase({ DATABASE_URL_FILE: file })).toEqual(target);
  });
});
