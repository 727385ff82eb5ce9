import { describe, expect, it } from "vitest";
import { evaluateCondition } from "./interpret.ts";
import { Matcher } from "./matcher/matcher.ts";
import { parseCondition } from "./parse.ts";
import { parseTemplate, renderTemplate } from "./template.ts";
import { rawNumber } from "./testing/raw-number.ts";
import { explainCondition } from "./explain.ts";
import { formatCondition } from "./format.ts";

const eventOf = (n: unknown) => ({
  ...{ id: "1", type: "a", source: "s", receivedAt: new Date(), payload: { n, list: [n], nested: { n } } },
});
const event = eventOf(rawNumber("9007199254740993"));

/** Enough rules beside it that the index divides them. */
function firesInMatcher(condition: string, facts = event): boolean {
  const others = Array.from({ length: 20 }, (_, index) => ({
    id: `other-${index}`,
    priority: 1,
    condition: parseCondition(
      `event.n == ${index} || event.n > ${index * 1e15} && event.n < ${index * 1e14}`,
    ),
  }));
  return Matcher.build([{ id: "x", priority: 1, condition: parseCondition(condition) }, ...others])
    .match(facts)
    .includes("x");
}

describe("a number whose digits a double does not hold", () => {
  it.each([
    ["event.n == 9007199254740993", "true"],
    ["event.n == 9007199254740992", "false"],
    ["event.n == 9007199254740994", "false"],
    ["event.n != 9007199254740992", "true"],
    ["event.n in [9007199254740992, 9007199254740993]", "true"],
    ["event.n in [9007199254740992, 9007199254740994]", "false"],
    ["event.n not in [9007199254740992]", "true"],
    ["event.n > 9007199254740992", "true"],
    ["event.n >= 9007199254740993", "true"],
    ["event.n > 9007199254740993", "false"],
    ["event.n >= 9007199254740994", "false"],
    ["event.n < 9007199254740994", "true"],
    ["event.n <= 9007199254740992", "false"],
    ["event.n between 9007199254740992 and 9007199254740994", "true"],
    ["event.n not between 9007199254740992 and 9007199254740994", "false"],
    ["event.n between 9007199254740994 and 9007199254740996", "false"],
    ["event.n > 9007199254740992 && event.n < 9007199254740994", "true"],
    ["event.n < 9007199254740994 && event.n >= 9007199254740992", "true"],
    ["event.n >= 9007199254740990 && event.n <= 9007199254740992", "false"],
    ["event.n >= 9007199254740994 && event.n <= 9007199254740996", "false"],
    ["event.n > 5 && event.n < 10", "false"],
    ["event.n > 5", "true"],
    ["event.n - 9007199254740992 == 1", "true"],
    ["-event.n == -9007199254740993", "true"],
    ['abs(event.n) == decimal("9007199254740993")', "true"],
    ["event.list contains 9007199254740993", "true"],
    ["event.list contains 9007199254740992", "false"],
    ["event.nested.n == event.n", "true"],
    ['event.n == "9007199254740993"', "false"],
    ['event.n.rawJSON == "9007199254740993"', "unknown"],
    ["exists(event.n)", "true"],
  ])("is compared to the digit: %s", (condition, truth) => {
    expect(evaluateCondition(parseCondition(condition), event)).toBe(truth);
    expect(firesInMatcher(condition)).toBe(truth === "true");
  });

  it.each(["1.00000000000000000001", "0.99999999999999999999", "1.0000000000000001"])(
    "lies beside the doubles it is nearest to: %s",
    (digits) => {
      const facts = eventOf(rawNumber(digits));
      const isAbove = digits.startsWith("1");
      for (const [condition, truth] of [
        ["event.n == 1", false],
        ["event.n > 1", isAbove],
        ["event.n >= 1", isAbove],
        ["event.n < 1", !isAbove],
        ["event.n <= 1", !isAbove],
        ["event.n >= 1.0000000000000002", false],
        ["event.n <= 0.9999999999999999", false],
      ] as const) {
        expect([condition, firesInMatcher(condition, facts)]).toEqual([condition, truth]);
      }
    },
  );

  it("is written into texts to the digit, and alike however it is spelled", () => {
    const render = (digits: string) =>
      renderTemplate(parseTemplate("{{ event.n }}|{{ event.nested }}"), eventOf(rawNumber(digits)));
    expect(render("9007199254740993")).toBe('9007199254740993|{"n":9007199254740993}');
    const key = (digits: string) =>
      renderTemplate(parseTemplate("{{ event.n }}"), eventOf(rawNumber(digits)));
    expect(key("12345678901234567890.10")).toBe(key("1234567890123456789010e-2"));
  });

  it("may be written in a condition, and is kept when that is formatted", () => {
    const condition = parseCondition("event.n == -12345678901234567890.5");
    expect(formatCondition(condition)).toBe("event.n == -12345678901234567890.5");
  });

  it("is shown by its digits in an explanation", () => {
    const explained = explainCondition(parseCondition("event.n == 1"), event);
    expect(explained.operands[0]).toMatchObject({ source: "event.n", value: "9007199254740993" });
  });
});
