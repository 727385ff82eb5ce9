import { readJson } from "@tocsin/contracts/read-json";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";

const canonical = (text: string) => canonicalJson(readJson(text));

describe("the canonical text of JSON", () => {
  it.each([
    ["names in another order", '{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}'],
    ["spaces", '{"a":[1,2]}', ' { "a" : [ 1 , 2 ] } '],
    ["other escapes", '{"a":"é/"}', '{"a":"\\u00e9\\/"}'],
    ["other spellings of a number", "[100,1.5]", "[1e2,1.50]"],
    [
      "other spellings of a number that no double holds",
      "[12345678901234567890.50]",
      "[1234567890123456789050e-2]",
    ],
  ])("is the same for %s", (_what, one, other) => {
    expect(canonical(one)).toBe(canonical(other));
  });

  it.each([
    ["the order of a list", "[1,2]", "[2,1]"],
    ["the last digit of a number", "[9007199254740992]", "[9007199254740993]"],
    ["a number and its text", "[1]", '["1"]'],
    ["null and nothing", '{"a":null}', "{}"],
    ["where a value stands", '{"a":{"b":1}}', '{"a":{},"b":1}'],
  ])("differs by %s", (_what, one, other) => {
    expect(canonical(one)).not.toBe(canonical(other));
  });

  it("means what was written, and is its own canonical text", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
      { seed: 1, numRuns: 500 },
    );
  });
});
