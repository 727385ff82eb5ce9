import { describe, expect, it } from "vitest";
import { z } from "zod";
import { shown } from "./shown.ts";

describe("a field of an answer", () => {
  it.each([
    ["a text that is too long", z.string().max(3), "long"],
    ["an empty text", z.string().min(1), ""],
    ["a text of another form", z.string().regex(/^a$/), "b"],
    ["a number out of range", z.int().min(1).max(5), 6],
    ["a text that is refused for another reason", z.string().refine(() => false), "a"],
    ["an address that is none", z.email(), "a"],
    ["a list that is too long", z.array(z.string()).max(1), ["a", "b"]],
    ["such a text in a list of objects", z.array(z.strictObject({ a: z.string().max(1) })), [{ a: "ab" }]],
    ["such a text in a record", z.record(z.string(), z.string().max(1)), { a: "ab" }],
    ["such a text that may be null", z.string().max(1).nullable(), "ab"],
    ["such a text that may be left out", z.string().max(1).optional(), "ab"],
    ["such a text that has a default", z.string().max(1).default("a"), "ab"],
  ])("lets %s pass, which input does not", (_what, schema, value) => {
    expect(schema.safeParse(value).success).toBe(false);
    expect(shown(schema).parse(value)).toEqual(value);
  });

  it.each([
    ["text", z.string().max(3), 1],
    ["whole number", z.int(), 1.5],
    ["list", z.array(z.string()), "a"],
    ["one of some words", z.enum(["a", "b"]), "c"],
    ["id", z.uuid(), "a"],
  ])("is still a %s", (_what, schema, value) => {
    expect(shown(schema).safeParse(value).success).toBe(false);
  });

  it("is described as the input is, but is no component of that name", () => {
    const described = z
      .string()
      .max(3)
      .describe("A word")
      .meta({ id: "Word", examples: ["abc"] });
    expect(shown(described).meta()).toEqual({ description: "A word", examples: ["abc"] });
  });

  it("is never something that answers have no use for", () => {
    expect(() => shown(z.string().transform(Number))).toThrow(TypeError);
  });
});
