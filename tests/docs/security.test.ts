import { describe, expect, it } from "vitest";
import { extractPaths } from "./extract-references.ts";
import { readText, repositoryFiles } from "./repository.ts";

const rows = readText("docs/security.md")
  .split("\n")
  .filter((line) => line.startsWith("| ") && !/^\| (?:(?:What|Risk) +\||-)/.test(line));

describe("docs/security.md", () => {
  it("names a test behind every line", () => {
    const without = rows.filter((row) => !extractPaths(row).some(({ text }) => text.endsWith(".test.ts")));
    expect(without).toEqual([]);
    expect(rows.length).toBeGreaterThan(20);
  });

  it("names every security test", () => {
    const named = new Set(rows.flatMap((row) => extractPaths(row).map(({ text }) => text)));
    const tests = repositoryFiles().filter((path) => /^tests\/security\/[^/]+\.test\.ts$/.test(path));
    expect(tests.filter((path) => !named.has(path))).toEqual([]);
  });
});
