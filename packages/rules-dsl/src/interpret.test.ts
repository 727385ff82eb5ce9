import { describe, expect, it } from "vitest";
import { explainCondition } from "./explain.ts";
import { evaluateCondition } from "./interpret.ts";
import { Matcher } from "./matcher/matcher.ts";
import { parseCondition } from "./parse.ts";
import { eventWith } from "./testing/events.ts";

const kleene = { t: "1 == 1", f: "1 == 2", u: "event.missing == 1" } as const;
const names = { t: "true", f: "false", u: "unknown" } as const;
type Letter = keyof typeof kleene;

describe("evaluateCondition", () => {
  it.each([
    ["tt", "t", "t"],
    ["tf", "f", "t"],
    ["tu", "u", "t"],
    ["ft", "f", "t"],
    ["ff", "f", "f"],
    ["fu", "f", "u"],
    ["ut", "u", "t"],
    ["uf", "f", "u"],
    ["uu", "u", "u"],
  ] as [string, Letter, Letter][])("follows Kleene for %s", (pair, and, or) => {
    const [a, b] = Array.from(pair, (letter) => kleene[letter as Letter]);
    expect(evaluateCondition(parseCondition(`${a} && ${b}`), eventWith({}))).toBe(names[and]);
    expect(evaluateCondition(parseCondition(`${a} || ${b}`), eventWith({}))).toBe(names[or]);
  });

  it.each([
    ['event.a == "1"', { a: 1 }, "false"],
    ["event.a == 1", { a: null }, "unknown"],
    ["event.a == 1", null, "unknown"],
    ["event.a == 1", "text", "unknown"],
    ["event.a == 1", [1], "unknown"],
    ["event.a.b == 1", { a: null }, "unknown"],
    ["event.a.b == 1", { a: 5 }, "unknown"],
    ["event.a == event.b", { a: {}, b: {} }, "unknown"],
    ["event.a == event.b", { a: Number.NaN, b: Number.NaN }, "unknown"],
    ["event.a > 1", { a: Number.POSITIVE_INFINITY }, "true"],
    ["event.a * 10 > 1", { a: 1e308 }, "unknown"],
    ["event.a == 0", { a: -0 }, "true"],
    ["event.toString == null", {}, "true"],
    ["event.__proto__ == null", {}, "true"],
    ["event.__proto__.polluted == 1", JSON.parse('{"__proto__":{"polluted":1}}'), "true"],
    ["event.hasOwnProperty == 5", { hasOwnProperty: 5 }, "true"],
    ["event.a == 1", Object.create({ a: 1 }), "unknown"],
    ["event.a[0] == 1", { a: [1] }, "true"],
    ["event.a[0] == 1", { a: { 0: 1 } }, "true"],
    ["event.a[0] == 'x'", { a: "x" }, "unknown"],
    ["event.a contains 1", { a: [null, {}, 1] }, "true"],
    ["event.a contains event.b", { a: [[1]], b: [1] }, "unknown"],
    ["len(event.a) == 2", { a: "é💥" }, "true"],
    ["len(event.a) == 0", { a: "" }, "true"],
    ["event.a matches 'x'", { a: "x".repeat(20_001) }, "unknown"],
    ["decimal(event.a) == decimal('9007199254740993')", { a: "9007199254740993" }, "true"],
    ["decimal(event.a) == decimal('9007199254740993')", { a: "9007199254740992" }, "false"],
    ["decimal(event.a) / 3 == decimal('0.33333333333333333333')", { a: 1 }, "true"],
    ["decimal(event.a) / 0 == 1", { a: 1 }, "unknown"],
    ["decimal(event.a) % 0.3 == 0.1", { a: 1 }, "true"],
    ["-decimal(event.a) < -1", { a: "1.5" }, "true"],
    ["decimal(event.a) == '1.5'", { a: "1.5" }, "false"],
    ["decimal(event.a) == 1", { a: "1e999" }, "unknown"],
    ["event.a > 2026-01-01", { a: "2026-13-01" }, "unknown"],
    ["event.a == 2026-01-01", { a: "2026-01-01T01:00:00+01:00" }, "true"],
    ["event.a == 2026-01-01", { a: "no date" }, "false"],
    ["event.a > 5m", { a: 600_000 }, "unknown"],
    ["event.a in [event.missing, 1]", { a: 1 }, "true"],
    ["event.a in [event.missing, 1]", { a: 2 }, "unknown"],
    ["event.a between event.missing and 1", { a: 2 }, "false"],
  ] as [string, unknown, string][])("%s of %j is %s", (source, payload, truth) => {
    const condition = parseCondition(source);
    const event = eventWith(payload);
    expect(evaluateCondition(condition, event)).toBe(truth);
    const matcher = Matcher.build([{ id: "a", priority: 1, condition }]);
    expect(matcher.match(event)).toEqual(truth === "true" ? ["a"] : []);
  });

  it("searches the longest text in one go, also for patterns that others would try for years", () => {
    const text = `${"a".repeat(19_999)}b`;
    for (const pattern of ["^(a+)+$", "^(a|aa)+$", "^(a|a?)+$", "^(.*a){9}$", "^([a-z]+)*$"]) {
      const condition = parseCondition(`event.a matches '${pattern}'`);
      const expected = pattern.includes("a-z") ? "true" : "false";
      expect([pattern, evaluateCondition(condition, eventWith({ a: text }))]).toEqual([pattern, expected]);
    }
  });

  it("takes now() from the options, and from receivedAt otherwise", () => {
    const condition = parseCondition("now() >= 2026-06-01");
    const matcher = Matcher.build([{ id: "a", priority: 1, condition }]);
    expect(evaluateCondition(condition, eventWith({}))).toBe("false");
    expect(evaluateCondition(condition, eventWith({}), { now: "2026-06-01T00:00:00Z" })).toBe("true");
    expect(matcher.match(eventWith({}))).toEqual([]);
    expect(matcher.match(eventWith({}), { now: new Date("2026-06-01") })).toEqual(["a"]);
    expect(matcher.match(eventWith({}))).toEqual([]);
  });

  it("prefers the event's own columns to fields of the payload", () => {
    const event = eventWith({ type: "other", occurredAt: 5 }, { occurredAt: null });
    expect(evaluateCondition(parseCondition('event.type == "transfer.completed"'), event)).toBe("true");
    expect(evaluateCondition(parseCondition("event.occurredAt == null"), event)).toBe("true");
    expect(evaluateCondition(parseCondition('event.payload.type == "other"'), event)).toBe("true");
  });
});

describe("explainCondition", () => {
  it("shows every part with its text and its value or truth", () => {
    const source = 'event.amount > 10 && !(event.country in ["DE", event.home]) || event.x';
    const explained = explainCondition(parseCondition(source), eventWith({ amount: 12, country: "FR" }));
    expect(explained).toMatchObject({
      kind: "or",
      source,
      truth: "unknown",
      operands: [
        {
          source: 'event.amount > 10 && !(event.country in ["DE", event.home])',
          truth: "unknown",
          operands: [
            {
              truth: "true",
              operands: [
                { source: "event.amount", value: 12 },
                { source: "10", value: 10 },
              ],
            },
            {
              kind: "not",
              truth: "unknown",
              operands: [
                { operands: [{ value: "FR" }, { value: "DE" }, { source: "event.home", value: null }] },
              ],
            },
          ],
        },
        { kind: "truth", source: "event.x", truth: "unknown" },
      ],
    });
  });

  it("gives values that JSON can carry", () => {
    const source = "event.receivedAt - 5m < 2026-03-01 || decimal('1.50') == 1.5";
    const text = JSON.stringify(explainCondition(parseCondition(source), eventWith({})));
    expect(text).toContain('"value":"2026-03-01T11:55:00.000Z"');
    expect(text).toContain('"value":"5m"');
    expect(text).toContain('"value":"1.5"');
  });
});
