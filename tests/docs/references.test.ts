import { existsSync, globSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { extractLinks, extractPaths, extractScripts } from "./extract-references.ts";
import { isIgnored, readText, repositoryFiles, ROOT } from "./repository.ts";

const documents = repositoryFiles().filter((path) => path === "README.md" || /^docs\/.*\.md$/.test(path));
const { scripts } = JSON.parse(readText("package.json")) as { scripts: Record<string, string> };

describe("the documentation", () => {
  it("starts with a README", () => {
    expect(documents).toContain("README.md");
  });

  it.each(documents)("%s names only commands that exist", (document) => {
    const missing = extractScripts(readText(document)).filter(({ text }) => !Object.hasOwn(scripts, text));
    expect(missing).toEqual([]);
  });

  it.each(documents)("%s names only paths that exist", (document) => {
    const missing = extractPaths(readText(document)).filter(({ text }) => !isThere(text));
    expect(missing).toEqual([]);
  });

  it.each(documents)("%s links only to files that exist", (document) => {
    const missing = extractLinks(readText(document)).filter(
      ({ text }) => !isThere(join(dirname(document), text)),
    );
    expect(missing).toEqual([]);
  });
});

describe("package.json", () => {
  const entries = Object.values(scripts).flatMap((script) => script.match(/[\w./-]+\.(?:ts|mjs)\b/g) ?? []);

  it.each(entries)("runs %s, which exists", (entry) => {
    expect(existsSync(join(ROOT, entry))).toBe(true);
  });
});

function isThere(path: string): boolean {
  if (existsSync(join(ROOT, path)) || isIgnored(path)) return true;
  return /[*{]/.test(path) && globSync(path, { cwd: ROOT }).length > 0;
}
