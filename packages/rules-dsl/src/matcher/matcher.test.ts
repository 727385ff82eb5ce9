import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { evaluateCondition } from "../interpret.ts";
import { parseCondition } from "../parse.ts";
import { event } from "../testing/arbitraries.ts";
import { runDifferential } from "../testing/differential.ts";
import { eventWith } from "../testing/events.ts";
import { Matcher, type MatcherRule } from "./matcher.ts";
import { SlotTable } from "./slots.ts";
import { toConjunctions } from "./to-conjunctions.ts";

const seed = 20260301;

function toRules(sources: readonly string[]): MatcherRule[] {
  return sources.map((source, index) => ({
    id: `rule-${String(index).padStart(5, "0")}`,
    priority: 1 + (index % 5),
    condition: parseCondition(source),
  }));
}

/** Rules of the shapes that the index is made for, dense enough that its trees grow deep. */
const indexableRule = fc
  .tuple(
    fc.constantFrom("type", "country", "money"),
    fc.constantFrom("==", "in", "startsWith", "truth"),
    fc.array(fc.constantFrom("a", "ab", "abc", "DE", "de"), { minLength: 1, maxLength: 3 }),
    fc.constantFrom("amount", "flag"),
    fc.constantFrom("<", "<=", ">", ">=", "between", "bounded"),
    fc.tuple(fc.constantFrom(">", ">="), fc.constantFrom("<", "<=")),
    fc.tuple(fc.constantFrom(-1, 0, 0.1, 1, 2, 2.5, 3, 100), fc.constantFrom(0, 1, 2.5, 100, 1e21)),
    fc.constantFrom("&&", "||"),
  )
  .map(([field, operator, texts, numberField, relation, [above, below], [low, high], join]) => {
    const text = {
      "==": `event.${field} == "${texts[0]}"`,
      in: `event.${field} in ${JSON.stringify(texts)}`,
      startsWith: `event.${field} startsWith "${texts[0]}"`,
      truth: "event.flag",
    }[operator];
    const number = `event.${numberField}`;
    if (relation === "bounded")
      return `${text} ${join} ${number} ${above} ${low} && ${number} ${below} ${high}`;
    const bounds = relation === "between" ? `${low} and ${high}` : String(low);
    return `${text} ${join} ${number} ${relation} ${bounds}`;
  });

describe("Matcher", () => {
  it("agrees with the interpreter and with filtrex on random rules and events", () => {
    const { truths, disagreements } = runDifferential(10_000, seed);
    expect(disagreements).toEqual([]);
    expect(Math.min(truths.true, truths.false, truths.unknown)).toBeGreaterThan(500);
  });

  it("agrees with the interpreter where the index is deep", () => {
    const sets = fc.tuple(
      fc.array(indexableRule, { minLength: 300, maxLength: 300 }),
      fc.array(event, { minLength: 20, maxLength: 20 }),
    );
    fc.assert(
      fc.property(sets, ([sources, events]) => {
        const rules = toRules(sources);
        const matcher = Matcher.build(rules);
        for (const facts of events) {
          const expected = rules.filter(({ condition }) => evaluateCondition(condition, facts) === "true");
          expect([...matcher.match(facts)].toSorted()).toEqual(expected.map(({ id }) => id));
        }
      }),
      { seed, numRuns: 20 },
    );
  });

  it("holds a field to both bounds that a rule gives it, in either order, among many such rules", () => {
    const bounded = Array.from({ length: 200 }, (_, index) => [index * 10, index * 10 + 5] as const);
    const conditions = bounded.flatMap(([low, high]) => [
      `event.a >= ${low} && event.a <= ${high}`,
      `event.a < ${high} && event.a > ${low}`,
    ]);
    const rules = toRules(conditions);
    const matcher = Matcher.build(rules);
    for (const a of [-1, 0, 1, 4.5, 5, 6, 10, 1005, 1006, 1995, 2000, 1e9]) {
      const facts = eventWith({ a });
      const expected = rules.filter(({ condition }) => evaluateCondition(condition, facts) === "true");
      expect([...matcher.match(facts)].toSorted()).toEqual(expected.map(({ id }) => id));
    }
  });

  it("answers by priority, then id, and names each rule once", () => {
    const condition = parseCondition("event.amount > 1 || event.amount > 2 || exists(event.amount)");
    const rules = [
      { id: "b", priority: 2, condition },
      { id: "c", priority: 1, condition },
      { id: "a", priority: 2, condition },
    ];
    expect(Matcher.build(rules).match(eventWith({ amount: 5 }))).toEqual(["c", "a", "b"]);
  });

  it("keeps the order of many matches", () => {
    const rules = toRules(Array.from({ length: 100 }, (_, index) => `event.amount > ${index}`));
    const expected = rules.toSorted((a, b) => a.priority - b.priority || (a.id < b.id ? -1 : 1));
    expect(Matcher.build(rules).match(eventWith({ amount: 1000 }))).toEqual(expected.map(({ id }) => id));
  });

  it("carries nothing from one event to the next", () => {
    const matcher = Matcher.build(toRules(["event.a.b == 1", "event.c == 2"]));
    expect(matcher.match(eventWith({ a: { b: 1 }, c: 2 }))).toHaveLength(2);
    expect(matcher.match(eventWith({ a: null }))).toEqual([]);
    expect(matcher.match(eventWith(undefined))).toEqual([]);
  });

  it("matches nothing without rules", () => {
    expect(Matcher.build([]).match(eventWith({ a: 1 }))).toEqual([]);
  });

  it("stays right where a condition is too large to be taken apart", () => {
    const wide = Array.from({ length: 8 }, (_, index) => `(event.a == ${index} || event.b > ${index})`).join(
      " && ",
    );
    const sums = Array.from({ length: 70 }, (_, index) => `event.a + 1 == ${index}`).join(" || ");
    const matcher = Matcher.build(toRules([wide, `event.b == 100 && (${sums})`]));
    expect(matcher.match(eventWith({ a: 3, b: 100 }))).toEqual(["rule-00000", "rule-00001"]);
    expect(matcher.match(eventWith({ a: 3, b: 2 }))).toEqual([]);
  });

  it("stays small when rules combine long lists with ranges and disjunctions", () => {
    const list = (field: string) =>
      `event.${field} in [${Array.from({ length: 100 }, (_, index) => `"${field}${index}"`).join(", ")}]`;
    const ranges = "(event.x > 1 || event.y > 2) && event.z between 1 and 5 && event.w between 2 and 6";
    const rules = toRules(
      Array.from({ length: 50 }, () => `${list("a")} && ${list("b")} && ${list("c")} && ${ranges}`),
    );
    const matcher = Matcher.build(rules);
    const facts = eventWith({ a: "a1", b: "b99", c: "c50", x: 2, z: 3, w: 4 });
    expect(matcher.match(facts)).toHaveLength(50);
    expect(matcher.match({ ...facts, payload: { a: "a1", b: "b99", c: "c50", x: 2, z: 3, w: 7 } })).toEqual(
      [],
    );
  });

  it("takes little for rules that multiply out to much, and agrees with the interpreter on them", () => {
    const pairs = (rule: number, parts: number) =>
      Array.from({ length: parts }, (_, part) => `(event.a == ${rule} || event.b > ${part})`).join(" && ");
    for (const parts of [2, 4, 5, 6, 7, 28, 40]) {
      const rules = toRules(Array.from({ length: 5 }, (_, rule) => pairs(rule, parts)));
      const matcher = Matcher.build(rules);
      for (const b of [-1, 0, 1, 4, 20, 39, 40]) {
        const facts = eventWith({ a: 3, b });
        const expected = rules.filter(({ condition }) => evaluateCondition(condition, facts) === "true");
        expect(matcher.match(facts)).toEqual(
          expected.toSorted((x, y) => x.priority - y.priority).map(({ id }) => id),
        );
      }
      for (const { condition } of rules) {
        const conjunctions = toConjunctions(condition.root, new SlotTable());
        expect(conjunctions.length).toBeLessThanOrEqual(64);
        expect(conjunctions.flat().length).toBeLessThanOrEqual(256 + 64);
      }
    }
  });

  it("stays right where rules read more fields than the index reads of an event", () => {
    const rules = toRules(
      Array.from({ length: 60 }, (_, rule) =>
        Array.from({ length: 100 }, (_unused, part) => `event.f${rule}_${part} == 1`).join(" || "),
      ),
    );
    const matcher = Matcher.build(rules);
    for (const rule of [0, 49, 59])
      expect(matcher.match(eventWith({ [`f${rule}_99`]: 1 }))).toEqual([rules[rule]?.id]);
    expect(matcher.match(eventWith({ f0_100: 1 }))).toEqual([]);
  });

  it("is the same however it is built", async () => {
    const rules = toRules(fc.sample(indexableRule, { seed, numRuns: 2000 }));
    let pauses = 0;
    const sliced = await Matcher.buildInSlices(rules, () => {
      pauses += 1;
      return pauses % 2 === 0 ? Promise.resolve() : undefined;
    });
    const whole = Matcher.build(rules);
    for (const facts of fc.sample(event, { seed, numRuns: 50 }))
      expect(sliced.match(facts)).toEqual(whole.match(facts));
    expect(pauses).toBeGreaterThan(0);
  });
});

it.each([999, 1000, 1001, 5000])("finds each of %d rules that ask for different texts", (count) => {
  const matcher = Matcher.build(
    toRules(Array.from({ length: count }, (_, index) => `event.type == "text.${index}"`)),
  );
  const found = Array.from({ length: count }, (_, index) =>
    matcher.match(eventWith({}, { type: `text.${index}` })),
  );
  expect(found).toEqual(
    Array.from({ length: count }, (_, index) => [`rule-${String(index).padStart(5, "0")}`]),
  );
  expect(matcher.match(eventWith({}, { type: "text.none" }))).toEqual([]);
});
