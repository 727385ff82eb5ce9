import { describe, expect, it } from "vitest";
import { isAtLeast, parseServerVersion } from "./server-version.ts";

describe("parseServerVersion", () => {
  it.each([
    ["8.4.6", "mysql", "8.4.6"],
    ["9.7.4-2", "mysql", "9.7.4"],
    ["8.0.mysql_aurora.3.04.0", "mysql", "8.0"],
    ["10.11.14-MariaDB-0+deb12u2", "mariadb", "10.11.14"],
    ["11.8.3-MariaDB-log", "mariadb", "11.8.3"],
  ])("reads %s as %s %s", (text, engine, version) => {
    expect(parseServerVersion(text)).toEqual({ engine, version });
  });
});

describe("isAtLeast", () => {
  it.each([
    ["8.4", "8.4", true],
    ["8.4.0", "8.4", true],
    ["9.0.1", "8.4", true],
    ["10.11.2", "10.6", true],
    ["8.0.44", "8.4", false],
    ["10.5.29", "10.6", false],
    ["5.7", "8.4", false],
  ])("%s against %s: %s", (version, minimum, expected) => {
    expect(isAtLeast(version, minimum)).toBe(expected);
  });
});
