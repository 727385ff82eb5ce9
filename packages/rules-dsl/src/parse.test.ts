import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type AnyNode, childrenOf } from "./ast.ts";
import { InvalidConditionError, positionAt } from "./errors.ts";
import { formatCondition } from "./format.ts";
import { parseCondition } from "./parse.ts";
import { condition } from "./testing/arbitraries.ts";

function errorOf(source: string): InvalidConditionError {
  try {
    parseCondition(source);
  } catch (error) {
    if (error instanceof InvalidConditionError) return error;
    throw error;
  }
  throw new Error(`${source} was accepted`);
}

/** A tree without what only tells how it was written. */
function meaningOf(node: AnyNode): unknown {
  return JSON.parse(
    JSON.stringify(node, (key, value: unknown) =>
      key === "span" || key === "parenthesized" || key === "steps" ? undefined : value,
    ),
  );
}

describe("parseCondition", () => {
  it("gives every node its place in the source", () => {
    const source = 'event.a == 1 ||\n  lower(event.b) == "x"';
    const { root } = parseCondition(source);
    expect(root.span).toEqual({ start: 0, end: source.length });
    expect(positionAt(source, root.span.end)).toEqual({ offset: source.length, line: 2, column: 24 });
    const [, second] = childrenOf(root);
    expect(positionAt(source, second?.span.start ?? 0)).toEqual({ offset: 18, line: 2, column: 3 });
  });

  it("tells code, place, finding and expectation of an error", () => {
    const error = errorOf("event.a == 1 &&\n  event.b = 2");
    expect(error).toMatchObject({
      code: "INVALID_CONDITION",
      line: 2,
      column: 11,
      offset: 26,
      found: "=",
      expected: ["=="],
      suggestion: "==",
    });
  });

  it.each([
    ["event.a &&", "the end"],
    ["event.a == ", "the end"],
    ["(event.a == 1", "the end"],
    ["event.a in []", "]"],
    ["event.a in [1", "the end"],
    ["event.a in [1,]", "]"],
    ["event.a between 1", "the end"],
    ["event.a between 1 or 2", "or"],
    ["event", "the end"],
    ["event.", "the end"],
    ["event[", "the end"],
    ["event[1.5] == 1", "1.5"],
    ["event.a == 1e999", "1e999"],
    ["event.a == 200y", "y"],
    ["event.a > 999999999d", "999999999d"],
    ["event.a == \u0000", "\u0000"],
    ["event.a === 1", "==="],
    ["event.a <> 1", "<>"],
    ["event.a & event.b", "&"],
    ["null == null", "null"],
    ["now(1) == 1", "now(1)"],
    ["event.a == constructor(1)", "constructor"],
    ["event.a == __proto__", "__proto__"],
    ["toString() == 1", "toString"],
    ["event.a matches '(?=x)'", "'(?=x)'"],
    ["event.a matches '(a{100}){100}'", "'(a{100}){100}'"],
    ["event.a == 'x\ny'", "'x\ny'"],
    ["", "the end"],
    ["   ", "the end"],
  ])("refuses %j at %j", (source, found) => {
    expect(errorOf(source).found).toBe(found);
  });

  it("accepts what is at a limit and refuses what is one over it", () => {
    const longest = `event.a == "${"é".repeat(2041)}"`.padEnd(2055);
    expect(new TextEncoder().encode(longest).length).toBe(4096);
    expect(parseCondition(longest).source).toBe(longest);
    expect(errorOf(`${longest} `).message).toContain("at most 4096 bytes");

    const nested = (levels: number) => `${"(".repeat(levels)}event.a == 1${")".repeat(levels)}`;
    expect(parseCondition(nested(64)).root.kind).toBe("comparison");
    expect(errorOf(nested(65)).message).toContain("at most 64 levels");

    const items = (count: number) => `event.a in [${Array.from({ length: count }, () => "1").join(",")}]`;
    expect(parseCondition(items(510)).root.kind).toBe("in");
    expect(errorOf(items(511)).message).toContain("at most 512 parts");
  });

  it("refuses hostile texts at once", () => {
    const hostile = [
      "(".repeat(100_000),
      "!".repeat(100_000),
      "not ".repeat(1000),
      "!".repeat(4000),
      "-".repeat(4000),
      "abs(".repeat(1000),
      `event.a == ${"1 + ".repeat(1000)}1`,
      `event.a == "${"x".repeat(1_000_000)}"`,
      `event${".a".repeat(2000)} == `,
      "event.a < 1 < 2 < 3",
      "1 == 1 == 1",
      `event.a matches "${"(a*)*".repeat(600)}"`,
      "event.a matches '((a{30}){30}){30}'",
      "event.a == \\u0041",
      "event.a; process.exit()",
      "event.a == `x`",
      "this.constructor.constructor('x')() == 1",
      "event.a == ${1}",
      "\uFEFF\u200Bevent.a",
      "\uD800",
    ];
    for (const source of hostile) expect(errorOf(source).message.length).toBeLessThan(400);
  });

  it("either parses a text or refuses it with InvalidConditionError, whatever it is", () => {
    const words = fc.constantFrom(
      ..."event . a [ ] ( ) ! && || == != < > in not between and or null true 1 'x' \" \\ 5m 2026-01-01 now() - * ,".split(
        " ",
      ),
    );
    const text = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.array(words).map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(text, (source) => {
        try {
          parseCondition(source);
        } catch (error) {
          expect(error).toBeInstanceOf(InvalidConditionError);
        }
      }),
      { seed: 20260301, numRuns: 3000 },
    );
  }, 30_000);
});

describe("formatCondition", () => {
  it("writes a text that parses to the same condition, and writes that one alike", () => {
    fc.assert(
      fc.property(condition, (root) => {
        const source = formatCondition({ source: "", root });
        fc.pre(source.length < 1000);
        const parsed = parseCondition(source);
        expect(meaningOf(parsed.root)).toEqual(meaningOf(root));
        expect(formatCondition(parsed)).toBe(source);
      }),
      { seed: 20260301, numRuns: 3000 },
    );
  });

  it.each([
    ["event.a==1 and event.b==2 or event.c", "(event.a == 1 && event.b == 2) || event.c"],
    ["not event.a == 1", "!(event.a == 1)"],
    ["! ! event.a", "!!event.a"],
    ["null != event['a']", "event.a != null"],
    ["event['a b'][0]['c'] in ['x']", 'event["a b"][0].c in ["x"]'],
    ["1 - (2 - 3) - 4 < -(event.a)", "1 - (2 - 3) - 4 < -event.a"],
    ["event.a > 2026-03-01T00:00:00+00:00 - 90m", "event.a > 2026-03-01 - 1h30m"],
    ["event.a == 1.50e3", "event.a == 1500"],
  ])("writes %s as %s", (source, formatted) => {
    expect(formatCondition(parseCondition(source))).toBe(formatted);
  });
});
