import { explainCondition, parseCondition } from "@tocsin/rules-dsl";
import { expect, it } from "vitest";
import { describeOutcome, missingFields } from "./describe-outcome.ts";

const event = {
  id: "1",
  type: "a",
  source: "s",
  receivedAt: "2026-03-01T12:00:00Z",
  payload: { amount: 5, none: null },
};
const explain = (condition: string) => explainCondition(parseCondition(condition), event);

it.each([
  ["event.amount > 4", "event.amount > 4 is true"],
  ["event.amount > 5", "event.amount > 5 is false"],
  ["event.none > 5", "event.none > 5 is unknown, because event.none is missing"],
  ['event.type == "a" && event.amount > 5 && event.gone == 1', "It is false: event.amount > 5 is false"],
  [
    "event.gone == event.none || event.amount > 5",
    "It is unknown: event.gone == event.none is unknown, because event.gone and event.none are missing",
  ],
  ["!(event.amount > 4)", "It is false: event.amount > 4 is true"],
  [
    "event.amount == 1 || event.amount == 2 || event.amount == 3 || event.amount == 4",
    "It is false: event.amount == 1 is false; event.amount == 2 is false; event.amount == 3 is false; 1 more",
  ],
])("%s: %s", (condition, words) => {
  expect(describeOutcome(explain(condition))).toBe(words);
});

it("names each missing field once, wherever it stands", () => {
  expect(
    missingFields(explain("event.a.b > 1 && (event.none + 1 > 2 || !(event.a.b == 3)) && event.amount > 1")),
  ).toEqual(["event.a.b", "event.none"]);
});
