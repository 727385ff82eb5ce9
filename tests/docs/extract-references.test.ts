import { describe, expect, it } from "vitest";
import { extractLinks, extractPaths, extractScripts } from "./extract-references.ts";

describe("extracting references from Markdown", () => {
  it("finds npm scripts in prose and in code, with their lines", () => {
    expect(extractScripts("Run `npm start`.\nThen npm run db:migrate, and npm ci.")).toEqual([
      { line: 1, text: "start" },
      { line: 2, text: "db:migrate" },
    ]);
  });

  it("finds paths in code spans and code blocks only", () => {
    const markdown = ["docs/or not, see `packages/db/`.", "```", "apps/api   the API", "```"].join("\n");
    expect(extractPaths(markdown)).toEqual([
      { line: 1, text: "packages/db" },
      { line: 3, text: "apps/api" },
    ]);
  });

  it("takes no URL for a path", () => {
    expect(extractPaths("`http://127.0.0.1:3000/docs/` `/api/docs/x`")).toEqual([]);
  });

  it("finds relative links without their anchors, and no outside ones", () => {
    expect(extractLinks("[a](./limits.md#size) [b](https://example.org) [c](#here)")).toEqual([
      { line: 1, text: "./limits.md" },
    ]);
  });
});
