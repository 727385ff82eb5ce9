import { describe, expect, it } from "vitest";
import { childrenOf, type AnyNode, type Condition } from "./ast.ts";
import { compileWithFiltrex } from "./filtrex-expression.ts";
import { explainCondition, type ExplainedNode } from "./explain.ts";
import { holdsText } from "./find-text.ts";
import { evaluateCondition } from "./interpret.ts";
import { conditionLimits } from "./limits.ts";
import { Matcher } from "./matcher/matcher.ts";
import { parseCondition, parseStoredCondition } from "./parse.ts";
import { countExceeded } from "./search-budget.ts";
import { eventWith } from "./testing/events.ts";

const { steps, searchedCharacters, patternInstructions } = conditionLimits;

/** What all implementations say of a condition; they must agree. */
function truthOf(condition: Condition, payload: unknown): string {
  const event = eventWith(payload);
  const truth = evaluateCondition(condition, event);
  const matcher = Matcher.build([{ id: "a", priority: 1, condition }]);
  expect(matcher.match(event)).toEqual(truth === "true" ? ["a"] : []);
  expect(compileWithFiltrex(condition.root)(event)).toBe(truth === "true");
  expect(explainCondition(condition, event).truth).toBe(truth);
  return truth;
}

function stepsOf(node: AnyNode): number[] {
  const own = "steps" in node && node.steps > 0 ? [node.steps] : [];
  return [...own, ...childrenOf(node).flatMap(stepsOf)];
}

function exceededIn(node: ExplainedNode): string[] {
  return [...(node.exceeded === undefined ? [] : [node.exceeded]), ...node.operands.flatMap(exceededIn)];
}

describe("the steps of a condition", () => {
  it("are shared out to the last part, and never more than there are", () => {
    const all = Array.from(
      { length: 60 },
      (_, index) => `event.f${index} contains 'x' || len(event.g) > ${index}`,
    );
    for (const source of [
      ...all.slice(0, 1),
      all.join(" && "),
      "event.a matches 'x' && lower(event.b) matches 'a{90}'",
    ]) {
      const shares = stepsOf(parseCondition(source).root);
      const given = shares.reduce((sum, share) => sum + share, 0);
      expect(given).toBeLessThanOrEqual(steps);
      expect(given).toBeGreaterThan(steps - 200);
      expect(Math.min(...shares)).toBeGreaterThan(0);
    }
  });

  it.each([
    ["event.a contains 'b'", (units: number) => "a".repeat(units), 4, 1],
    ["len(event.a) > 1", (units: number) => "a".repeat(units), 4, 0],
    ["lower(event.a) startsWith 'a'", (units: number) => "A".repeat(units), 4, 0],
    ["event.a contains 'b'", (units: number) => Array.from({ length: units }, () => "a"), 1, 0],
    ["event.a contains 2026-03-01", (units: number) => Array.from({ length: units }, () => "a"), 0.02, 0],
    ["event.a contains decimal('1.5')", (units: number) => Array.from({ length: units }, () => 2), 0.02, 0],
  ] as const)("%s is answered up to its steps, and unknown beyond", (source, make, unitsAStep, constant) => {
    // Others have shares too, so that the texts need not be long.
    const among = (part: string) => parseCondition(`${part}${" && len(event.z) == 0".repeat(40)}`);
    const condition = among(source);
    const [share = 0] = stepsOf(condition.root);
    const most = Math.floor(share * unitsAStep) - constant;
    expect(truthOf(condition, { a: make(most - 1), z: "" })).not.toBe("unknown");
    expect(truthOf(condition, { a: make(most), z: "" })).not.toBe("unknown");
    const before = countExceeded();
    expect(truthOf(condition, { a: make(most + 1), z: "" })).toBe("unknown");
    expect(truthOf(among(`!(${source})`), { a: make(most + 1), z: "" })).toBe("unknown");
    expect(countExceeded()).toBeGreaterThan(before);
  });

  it("a pattern that would take more is unknown, its negation too, and what decides without it stands", () => {
    const condition = parseStoredCondition("event.a matches 'a.{900}[yz]'");
    const text = "a".repeat(searchedCharacters);
    expect(truthOf(condition, { a: text })).toBe("unknown");
    expect(truthOf(parseStoredCondition("event.a not matches 'a.{900}[yz]'"), { a: text })).toBe("unknown");
    expect(
      truthOf(parseStoredCondition("event.a matches 'a.{900}[yz]' || event.b == 1"), { a: text, b: 1 }),
    ).toBe("true");
    expect(
      truthOf(parseStoredCondition("event.a matches 'a.{900}[yz]' && event.b == 1"), { a: text, b: 2 }),
    ).toBe("false");
    expect(truthOf(condition, { a: `${"b".repeat(19_000)}a${"c".repeat(900)}z` })).toBe("true");
    expect(truthOf(condition, { a: "b".repeat(searchedCharacters) })).toBe("false");
  });

  it("what a part comes to does not depend on the parts before it", () => {
    const dear = Array.from({ length: 20 }, (_, index) => `event.a matches 'a.{4}[x${index}]b'`);
    const text = { a: "a".repeat(searchedCharacters) };
    const forwards = parseCondition(dear.join(" || "));
    const backwards = parseCondition(dear.toReversed().join(" || "));
    expect(truthOf(forwards, text)).toBe(truthOf(backwards, text));
    const whole = explainCondition(forwards, eventWith(text)).operands.map(({ truth }) => truth);
    expect(new Set(whole).size).toBe(1);
  });

  it("explain tells which part exceeded what, with numbers, and nothing of the others", () => {
    const explained = explainCondition(
      parseStoredCondition(
        "event.a matches 'a.{900}[yz]' || event.b matches 'x' || len(event.a) > 5 || event.c == 1",
      ),
      eventWith({ a: "a".repeat(20_000), b: "x".repeat(searchedCharacters + 1) }),
    );
    expect(exceededIn(explained)).toEqual([
      expect.stringMatching(/^it takes more than the \d+ steps that it may take for one event$/),
      `the text has ${searchedCharacters + 1} characters, and at most ${searchedCharacters} are searched`,
    ]);
  });

  it("explaining a deep condition evaluates each part once", () => {
    const deep = `${"!(".repeat(25)}event.a contains 'b'${")".repeat(25)}`;
    const before = countExceeded();
    explainCondition(parseCondition(deep), eventWith({ a: Array.from({ length: steps + 1 }, () => "a") }));
    expect(countExceeded() - before).toBe(1);
  });
});

describe("the size of patterns", () => {
  it("is limited for all of a condition together; the refusal tells how large they are", () => {
    const of = (...sizes: number[]) =>
      sizes.map((size) => `event.a matches '^${"a".repeat(size - 3)}'`).join(" && ");
    expect(parseCondition(of(patternInstructions)).root.kind).toBe("text");
    expect(parseCondition(of(200, patternInstructions - 200)).root.kind).toBe("and");
    expect(() => parseCondition(of(patternInstructions + 1))).toThrow(
      `${patternInstructions + 1} instructions once compiled; those of a condition have at most ${patternInstructions} together`,
    );
    expect(() => parseCondition(of(200, patternInstructions - 199))).toThrow("instructions once compiled");
  });

  it("is judged before a pattern is compiled that would be dear to compile", () => {
    for (const pattern of ["[a-z]{900}".repeat(200), "\\\\p{L}".repeat(500), "((a{30}){30}){30}"])
      expect(() => parseCondition(`event.a matches '${pattern}'`)).toThrow(
        /instructions once compiled|invalid repeat/,
      );
  });

  it("a stored condition that is larger than is taken by now works on", () => {
    const many = Array.from({ length: 60 }, (_, index) => `event.a matches '^${index}.{900}$'`).join(" || ");
    expect(() => parseCondition(many)).toThrow("instructions once compiled");
    expect(truthOf(parseStoredCondition(many), { a: `7${"x".repeat(900)}` })).toBe("true");
  });
});

describe("holdsText", () => {
  it("agrees with the engine, also where it goes its own way", () => {
    for (const unit of ["ab", "aab", "abcab", "é💥"]) {
      const text = `${unit.repeat(3000)}x${unit.repeat(3000)}`;
      for (const wanted of [
        unit.repeat(2999),
        `x${unit.repeat(200)}`,
        `${unit.repeat(200)}y`,
        "b".repeat(200),
        text,
      ])
        expect([wanted, holdsText(text, wanted)]).toEqual([wanted, text.includes(wanted)]);
    }
    expect([holdsText("", ""), holdsText("a".repeat(200_000), ""), holdsText("a", "aa")]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe("decimal numbers", () => {
  it("have at most so many digits: what has more is unknown", () => {
    const nines = (digits: number) => `decimal("${"9".repeat(digits)}")`;
    const product = (factors: number) => Array.from({ length: factors }, () => nines(300)).join(" * ");
    expect(truthOf(parseCondition(`${product(10)} > 0`), {})).toBe("true");
    expect(truthOf(parseCondition(`${product(11)} > 0`), {})).toBe("unknown");
    const many = Array.from({ length: 30 }, () => "decimal(event.a)").join("*");
    expect(truthOf(parseCondition(`${many} > 0`), { a: `0.${"9".repeat(398)}` })).toBe("unknown");
  });
});
