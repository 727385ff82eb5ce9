import { expect, it } from "vitest";
import { type PastMatch, simulateGates } from "./simulate-gates.ts";

const policy = { limit: 3, windowSeconds: 10 };
const calm = { deduplicated: 0, suppressed: 0, storms: 0, firstStormAt: null };

/** Matches at these seconds, each in a group of its own unless named. */
function at(...times: (number | [seconds: number, group: string])[]): PastMatch[] {
  return times.map((time, index) => {
    const [seconds, groupKey] = typeof time === "number" ? [time, null] : time;
    return { eventId: String(index).padStart(4, "0"), at: seconds * 1000, groupKey };
  });
}

it("alerts each match while there are not too many in a window", () => {
  expect(simulateGates(at(0, 1, 2), 0, policy)).toEqual({ ...calm, alerts: 3, peak: 3 });
  expect(simulateGates(at(0, 1, 2, 10), 0, policy)).toMatchObject({ alerts: 4, peak: 3 });
});

it("begins a storm with the first one over the limit, at its time", () => {
  expect(simulateGates(at(0, 1, 2, 9.999), 0, policy)).toMatchObject({
    alerts: 3,
    suppressed: 1,
    storms: 1,
    firstStormAt: 9999,
    peak: 4,
  });
});

it("ends a storm after a window that held back at most half the limit", () => {
  // Held back: 3 and 4 in the window up to 13, which is more than 1.5; 14 alone in the next, which is not.
  expect(simulateGates(at(0, 1, 2, 3, 4, 14, 24), 0, policy)).toMatchObject({
    alerts: 4,
    suppressed: 3,
    storms: 1,
  });
  // One alone in the first window: over after it.
  expect(simulateGates(at(0, 1, 2, 3, 13.5), 0, policy)).toMatchObject({
    alerts: 4,
    suppressed: 1,
    storms: 1,
  });
});

it("a storm that nothing followed is over by itself, and there can be a second", () => {
  expect(simulateGates(at(0, 1, 2, 3, 4, 100, 101, 102, 103), 0, policy)).toMatchObject({
    alerts: 6,
    suppressed: 3,
    storms: 2,
    firstStormAt: 3000,
  });
});

it("folds a group into its first alert for a fixed window, which the folded ones do not prolong", () => {
  expect(simulateGates(at([0, "a"], [4, "a"], [4.999, "a"], [5, "a"], [9, "a"]), 5, policy)).toEqual({
    ...calm,
    alerts: 2,
    deduplicated: 3,
    peak: 2,
  });
});

it("counts towards a storm each alert of a group, and nothing that is folded into one", () => {
  const many = Array.from({ length: 50 }, (_, index): [number, string] => [index / 10, "a"]);
  expect(simulateGates(at(...many), 10, policy)).toMatchObject({ alerts: 1, storms: 0, peak: 1 });
  expect(simulateGates(at(...many), 1, policy)).toMatchObject({ alerts: 3, storms: 1, firstStormAt: 3000 });
});

it("alerts, folded and held back are all that matched", () => {
  const quiet = Array.from({ length: 100 }, (_, index): [number, string] => [index / 2, String(index % 2)]);
  const busy = Array.from({ length: 100 }, (_, index): [number, string] => [100 + index / 20, String(index)]);
  const { alerts, deduplicated, suppressed } = simulateGates(at(...quiet, ...busy), 3, policy);
  expect(alerts + deduplicated + suppressed).toBe(200);
  expect([alerts, deduplicated, suppressed].every((count) => count > 0)).toBe(true);
});
