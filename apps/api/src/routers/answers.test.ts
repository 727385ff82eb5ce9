import { describe, expect, it } from "vitest";
import { z } from "zod";
import { v1Router } from "./v1.ts";

/** What the product makes itself, and clients may rely on. */
const ownFormats = new Set(["uuid", "datetime", "safeint", "url"]);

/** The fields of a schema that are held to rules, with what holds them. */
function rulesOf(schema: z.ZodType, at: string, seen = new Set<z.ZodType>()): string[] {
  if (seen.has(schema)) return [];
  seen.add(schema);
  const def = schema._zod.def as z.core.$ZodTypeDef & { format?: string; catchall?: z.ZodType };
  const checks = (def.checks ?? [])
    .map((check) => check._zod.def.check)
    // Writes an id in small letters, and refuses nothing.
    .filter((check) => check !== "overwrite")
    .map((check) => `${at}: ${check}`);
  const format = def.format !== undefined && !ownFormats.has(def.format) ? [`${at}: ${def.format}`] : [];
  return [
    ...checks,
    ...format,
    ...partsOf(schema).flatMap(([name, part]) => rulesOf(part, `${at}/${name}`, seen)),
  ];
}

function partsOf(schema: z.ZodType): [name: string, part: z.ZodType][] {
  if (schema instanceof z.ZodObject) return Object.entries(schema.shape);
  if (schema instanceof z.ZodArray) return [["*", schema.element as z.ZodType]];
  if (schema instanceof z.ZodRecord) return [["*", schema.valueType as z.ZodType]];
  if (schema instanceof z.ZodUnion)
    return schema.options.map((one, index) => [String(index), one as z.ZodType]);
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional || schema instanceof z.ZodDefault)
    return [["", schema.unwrap() as z.ZodType]];
  return [];
}

const outputs = Object.entries(
  v1Router._def.procedures as unknown as Record<string, { _def: { output?: z.ZodType } }>,
).flatMap(([name, { _def }]) => (_def.output instanceof z.ZodType ? [{ name, output: _def.output }] : []));

describe("an answer is never judged by rules for what comes in", () => {
  it("for every procedure that answers by a schema", () => {
    expect(outputs.length).toBeGreaterThan(60);
  });

  it.each(outputs)("of $name", ({ output }) => {
    expect(rulesOf(output, "")).toEqual([]);
  });
});

it("such rules are found where they are", () => {
  const schema = z.object({
    a: z.array(z.string().max(1)),
    b: z.email().nullable(),
    c: z.int().min(0).optional(),
  });
  expect(rulesOf(schema, "")).toEqual(["/a/*: max_length", "/b/: email", "/c/: greater_than"]);
});
