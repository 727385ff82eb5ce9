import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { readText, repositoryFiles, ROOT } from "./repository.ts";

const listed = [...readText(".env.example").matchAll(/^#?\s?([A-Z][A-Z0-9_]*)=/gm)].map(
  (match) => match[1] ?? "",
);
const read = new Set([
  ...(await readVariables("apps/api/src/env.ts")),
  ...(await readVariables("apps/worker/src/env.ts")),
]);

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

/** The keys of the zod object that a file exports as the schema of its environment. */
async function readVariables(path: string): Promise<string[]> {
  const module = (await import(resolve(ROOT, path))) as Record<string, unknown>;
  const names = Object.values(module)
    .filter(isObjectSchema)
    .flatMap(({ shape }) => Object.keys(shape));
  if (names.length === 0) throw new Error(`${path} exports no zod object`);
  return names;
}

function isObjectSchema(value: unknown): value is { shape: object } {
  return typeof value === "object" && value !== null && "shape" in value && typeof value.shape === "object";
}
