import { explainCondition, parseCondition } from "@tocsin/rules-dsl";
import { expect, it } from "vitest";
import { rankNearMisses } from "./rank-near-misses.ts";

const event = {
  id: "1",
  type: "a",
  source: "s",
  receivedAt: "2026-03-01T12:00:00Z",
  payload: { x: 1, y: 2 },
};

it.each([
  ["the fewest parts that did not hold come first", ["x == 1 && y == 9", "x == 1 && y == 9 && z == 1"]],
  ["of as many, the one of which more held", ["x == 1 && y == 2 && z == 1", "x == 1 && z == 1"]],
  [
    "of an alternative the nearer side counts",
    ["x == 1 && y == 2 && (z == 1 || y == 3)", "(x == 1 && z == 1 && y == 3) || z == 4"],
  ],
])("%s", (_name, conditions) => {
  const candidates = conditions
    .map((text, index) => ({ id: String(9 - index), text: text.replaceAll(/\b([xyz])\b/g, "event.$1") }))
    .map(({ id, text }) => ({ id, explained: explainCondition(parseCondition(text), event) }));
  expect(rankNearMisses(candidates)).toEqual(["9", "8"]);
  expect(rankNearMisses(candidates.toReversed())).toEqual(["9", "8"]);
});

it.each(["event.x == 2 && event.z == 1", "event.x == 1", "!(event.x == 1)", "event.z == 1 || event.y == 1"])(
  "%s is no near miss: it matched, or nothing of it held",
  (text) => {
    expect(rankNearMisses([{ id: "1", explained: explainCondition(parseCondition(text), event) }])).toEqual(
      [],
    );
  },
);
