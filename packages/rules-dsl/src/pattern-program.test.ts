import fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";
import { PatternProgram } from "./pattern-program.ts";
import { estimatePatternSize } from "./pattern-size.ts";

const plenty = 1e9;

/** The least steps with which a search comes to an answer. */
function stepsNeeded(program: PatternProgram, text: string): number {
  let low = 0;
  let high = 1e8;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (program.search(text, middle) === undefined) low = middle + 1;
    else high = middle;
  }
  return low;
}

const atom = fc.constantFrom(
  ..."a b ä 💥 . \\d \\w \\W \\s [a-c] [^b] [[:alpha:]] \\p{L} \\P{L} ^ $ \\b \\B \\A \\z (?i:Ä) (?i:s) (?m:^) (?m:$) (?s:.) K".split(
    " ",
  ),
);
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    { weight: 4, arbitrary: atom },
    { weight: 3, arbitrary: fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => a + b) },
    { weight: 2, arbitrary: fc.tuple(tie("pattern"), tie("pattern")).map(([a, b]) => `(?:${a}|${b})`) },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "*?", "{2}", "{0,2}", "{1,}"))
        .map(([inner, repeat]) => `(${inner})${repeat}`),
    },
  ),
}));
const text = fc
  .array(fc.constantFrom("a", "b", "c", "A", "ä", "Ä", "ſ", "K", "💥", "\uD83D", "_", " ", "\n", "1"))
  .map((parts) => parts.join(""));

describe("PatternProgram", () => {
  it("finds what RE2 finds", () => {
    const seen = { found: 0, missed: 0 };
    fc.assert(
      fc.property(pattern, text, (source, searched) => {
        const expected = RE2JS.compile(source).matcher(searched).find();
        expect([source, searched, new PatternProgram(source).search(searched, plenty)]).toEqual([
          source,
          searched,
          expected,
        ]);
        seen[expected ? "found" : "missed"] += 1;
      }),
      { seed: 20261129, numRuns: 2000 },
    );
    expect(Math.min(seen.found, seen.missed)).toBeGreaterThan(200);
  }, 30_000);

  it("takes the same steps each time: with one fewer there is no answer, with so many always", () => {
    const program = new PatternProgram("(a|ab)(c|bcd)*[yz]");
    const searched = "abcdbcd".repeat(50);
    const needed = stepsNeeded(program, searched);
    expect(needed).toBeGreaterThan(350);
    for (let round = 0; round < 3; round += 1) {
      expect(program.search(searched, needed)).toBe(false);
      expect(program.search(searched, needed - 1)).toBeUndefined();
    }
  });

  it.each([
    ["a.{480}[yz]", "a".repeat(1500)],
    ["(x+x+)+y", "x".repeat(1500)],
    ["(((a?)?)?){60}b", "a".repeat(1500)],
    ["(?:a?){200}b", "a".repeat(1500)],
    ["(?:|||||||a)*b", "a".repeat(1500)],
  ])("never takes more than three steps for each instruction and character: %s", (source, searched) => {
    const program = new PatternProgram(source);
    expect(stepsNeeded(program, searched)).toBeLessThanOrEqual(3 * program.size * searched.length);
  });

  it("passes over what no match begins with, many characters a step", () => {
    const needed = stepsNeeded(new PatternProgram("payment (failed|declined)"), "x".repeat(20_000));
    expect(needed).toBeLessThan(3000);
  });
});

describe("estimatePatternSize", () => {
  it("is never below the half of what RE2 makes of a pattern", () => {
    fc.assert(
      fc.property(pattern, (source) => {
        expect(estimatePatternSize(source) * 2).toBeGreaterThanOrEqual(new PatternProgram(source).size);
      }),
      { seed: 20261129, numRuns: 2000 },
    );
  }, 30_000);

  it.each([
    ["a{1000}", 1000],
    ["(?:a{30}){30}", 900],
    ["(((a{10}){10}){10}){10}", 10_000],
    ["x(?:ab|cd){50}", 200],
    ["[a-z]{2,500}", 500],
    ["\\d{3,}", 4],
    ["\\p{L}".repeat(60), 6000],
    ["[^\\]\\p{Greek}]{2}", 200],
    ["\\Qa{1000}\\E", 11],
  ])("multiplies repetitions out: %s has about %d", (source, size) => {
    const estimate = estimatePatternSize(source);
    expect(estimate).toBeGreaterThanOrEqual(size);
    expect(estimate).toBeLessThanOrEqual(size * 2.5 + 10);
  });

  it("has some size for what is no pattern", () => {
    for (const source of ["(", ")", "[", "[^]", "[[:", "\\", "\\p", "\\p{", "a{", "{5}", "\\Q", "*"])
      expect(estimatePatternSize(source)).toBeLessThan(300);
  });
});
