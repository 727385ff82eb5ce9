import { describe, expect, it } from "vitest";
import { isPlainJson } from "./json.ts";

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}

describe("isPlainJson", () => {
  it.each([
    [{}],
    [{ a: [1, "b", null, true, { c: -0.5 }] }],
    [[[]]],
    ["text"],
    ["🚨"],
    [{ ["é".repeat(21_845)]: 1 }],
    [nested(5)],
  ])("accepts %j", (value) => {
    expect(isPlainJson(value, 5)).toBe(true);
  });

  it.each([
    ["an infinite number", { a: Infinity }],
    ["no number", { a: NaN }],
    ["undefined", { a: undefined }],
    ["a bigint", { a: 1n }],
    ["a date", { a: new Date(0) }],
    ["a map", { a: new Map() }],
    ["a function", { a: () => 1 }],
    ["__proto__", JSON.parse('{"__proto__":{}}')],
    ["constructor", { a: [{ constructor: 1 }] }],
    ["too deep", nested(6)],
    ["the first half of a surrogate pair", { a: ["\ud800"] }],
    ["the second half of one in a name", { "x\udc00": 1 }],
    ["a name that MySQL does not keep", { ["k".repeat(21_846)]: 1 }],
  ])("refuses %s", (_name, value) => {
    expect(isPlainJson(value, 5)).toBe(false);
  });
});
