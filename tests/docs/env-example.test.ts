import { describe, expect, it } from "vitest";
import { readAppVariables } from "./app-variables.ts";
import { readText, repositoryFiles } from "./repository.ts";

const listed = [...readText(".env.example").matchAll(/^#?\s?([A-Z][A-Z0-9_]*)=/gm)].map(
  (match) => match[1] ?? "",
);
const read = new Set([...(await readAppVariables("api")), ...(await readAppVariables("worker"))]);

describe(".env.example", () => {
  it("lists each variable once", () => {
    expect(listed).toEqual([...new Set(listed)]);
  });

  it("lists every variable that the API or the worker reads", () => {
    expect([...read].filter((name) => !listed.includes(name))).toEqual([]);
  });

  it("lists no variable that nothing reads", () => {
    const sources = repositoryFiles()
      .filter((path) => /^(?:packages|prisma|scripts)\/.*(?<!\.test)\.(?:ts|mjs)$/.test(path))
      .map(readText);
    const isReadElsewhere = (name: string) =>
      sources.some((source) => new RegExp(`\\b${name}\\b`).test(source));
    expect(listed.filter((name) => !read.has(name) && !isReadElsewhere(name))).toEqual([]);
  });
});
