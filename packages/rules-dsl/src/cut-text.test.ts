import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cutText } from "./cut-text.ts";

describe("a text that is cut", () => {
  it.each([
    ["shorter than its limit", "ab", 3, "", "ab"],
    ["as long as its limit", "abc", 3, "", "abc"],
    ["longer than its limit", "abcd", 3, "", "abc"],
    ["with a mark, as long as its limit", "abc", 3, "…", "abc"],
    ["with a mark, longer than its limit", "abcd", 3, "…", "ab…"],
    ["of characters beyond the first plane, as long as its limit", "🔥🔥🔥", 3, "…", "🔥🔥🔥"],
    ["of characters beyond the first plane, longer than its limit", "🔥🔥🔥🔥", 3, "…", "🔥🔥…"],
    ["whose limit falls on such a character", "ab🔥cd", 3, "", "ab🔥"],
    ["whose limit falls behind such a character", "a🔥bc", 2, "", "a🔥"],
    ["to nothing", "abc", 0, "", ""],
  ])("is %s", (_what, text, maximum, mark, expected) => {
    expect(cutText(text, maximum, mark)).toBe(expected);
  });

  it("is its first code points, whatever they are", () => {
    const texts = fc
      .array(fc.constantFrom("a", "é", "\u200d", "🔥", "𝒳"), { maxLength: 40 })
      .map((some) => some.join(""));
    fc.assert(
      fc.property(texts, fc.nat(45), (text, maximum) => {
        expect(cutText(text, maximum)).toBe(Array.from(text).slice(0, maximum).join(""));
      }),
    );
  });
});
