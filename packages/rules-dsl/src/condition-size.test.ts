import { expect, it } from "vitest";
import { conditionSize } from "./condition-size.ts";
import { conditionLimits } from "./limits.ts";
import { parseCondition, parseStoredCondition } from "./parse.ts";

const list = (count: number) =>
  `event.a in [${Array.from({ length: count }, (_, index) => index).join(",")}]`;

it.each([
  // Three parts, one predicate, one place.
  ["event.a == 1", 5],
  ["event.a == 1 && event.b == 2", 10],
  ["event.a == 1 || event.b == 2", 11],
  // Five parts, one predicate, three places.
  ["event.a in [1, 2, 3]", 9],
  ["event.a + 1 == 2", 7],
  ["1 == 2", 3],
])("of %s is %d", (source, size) => {
  expect(conditionSize(parseCondition(source))).toBe(size);
});

it("is limited; the refusal tells how large the condition is", () => {
  const { matcherSize } = conditionLimits;
  // 2 parts beside the items, a predicate, and a place for each item.
  const largest = (matcherSize - 4) / 2;
  expect(conditionSize(parseCondition(list(largest - 1)))).toBeLessThan(matcherSize);
  const atLimit = list(largest);
  expect(conditionSize(parseCondition(atLimit))).toBeLessThanOrEqual(matcherSize);
  const beyond = list(largest + 3);
  expect(() => parseCondition(beyond)).toThrow(
    `This condition has the size ${conditionSize(parseStoredCondition(beyond))} in the matcher, and one may have ${matcherSize}`,
  );
});

it("of alternatives that multiply out stays within the limit: they are evaluated as they are written", () => {
  const pairs = Array.from({ length: 45 }, (_, part) => `(event.a${part} == "x" || event.b${part} == "y")`);
  expect(conditionSize(parseCondition(pairs.join(" && ")))).toBeLessThan(conditionLimits.matcherSize);
});
