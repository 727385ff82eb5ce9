import { DomainError } from "@tocsin/contracts/errors";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { maximumDepth, readJson } from "./read-json.ts";

function refusalOf(text: string): { code: string; pointer: string | undefined } | null {
  try {
    readJson(text);
  } catch (error) {
    if (error instanceof DomainError) return { code: error.code, pointer: error.errors[0]?.pointer };
    throw error;
  }
  return null;
}

function nested(depth: number): string {
  return '{"a":'.repeat(depth) + "1" + "}".repeat(depth);
}

describe("readJson", () => {
  it("reads whatever JSON.stringify writes", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5 }), (text) => {
        fc.pre(!/"(?:__proto__|constructor|prototype)"/.test(text) && !text.includes("\\u"));
        expect(readJson(text)).toEqual(JSON.parse(text));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  it.each(["", "{", '{"a":}', "{'a':1}", '{"a":1,}', "undefined", "NaN", '{"a":01}', '"a\n"', "{} {}"])(
    "refuses what is no JSON: %j",
    (text) => {
      expect(refusalOf(text)?.code).toBe("MALFORMED_JSON");
    },
  );

  it("accepts the deepest nesting and refuses one level more", () => {
    expect(refusalOf(nested(maximumDepth))).toBeNull();
    expect(refusalOf(nested(maximumDepth + 1))).toEqual({ code: "VALIDATION_FAILED", pointer: "" });
  });

  it("refuses a hundred thousand brackets without reading them", () => {
    expect(refusalOf("[".repeat(100_000))).toEqual({ code: "VALIDATION_FAILED", pointer: "" });
  });

  it("does not take brackets and colons within strings for nesting or names", () => {
    const value = { a: "[".repeat(100) + '":{"\\', b: ":::" };
    expect(readJson(JSON.stringify(value))).toEqual(value);
  });

  it.each(['{"a":1,"a":2}', '{"a":{"b":1,"b":1}}', '[{"a":1,"\\u0061":2}]', '{"a":1,"b":{"c":[]},"a":1}'])(
    "refuses a name that stands twice: %s",
    (text) => {
      expect(refusalOf(text)?.code).toBe("MALFORMED_JSON");
    },
  );

  it.each([
    ['{"__proto__":{"admin":true}}', "/__proto__"],
    ['{"a":[{"constructor":1}]}', "/a/0/constructor"],
    ['{"a/b":{"~":{"prototype":1}}}', "/a~1b/~0/prototype"],
  ])("refuses names that reach a prototype: %s", (text, pointer) => {
    expect(refusalOf(text)).toEqual({ code: "VALIDATION_FAILED", pointer });
  });

  it("refuses a number that a double cannot hold", () => {
    expect(refusalOf('{"amount":1e999}')).toEqual({ code: "VALIDATION_FAILED", pointer: "/amount" });
  });
});
