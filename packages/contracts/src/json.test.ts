import { describe, expect, it } from "vitest";
import { isPlainJson } from "./json.ts";

function nested(depth: number): unknown {
  return depth === 0 ? 1 : { a: nested(depth - 1) };
}

describe("isPlainJson", () => {
  it.each([[{}], [{ a: [1, "b", null, true, { c: -0.5 }] }], [[[]]], ["text"], [nested(5)]])(
    "accepts %j",
    (value) => {
      expect(isPlainJson(value, 5)).toBe(true);
    },
  );

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
  ])("refuses %s", (_name, value) => {
    expect(isPlainJson(value, 5)).toBe(false);
  });
});
