import { describe, expect, it } from "vitest";
import type { Arrival } from "./arrivals.ts";
import { formatSummary, isComplete, percentile, summarise } from "./summary.ts";

function arrival(notificationId: string, latencyMs: number): [string, Arrival] {
  const alert = { notificationId, eventId: "e", priority: 1, title: "t", sound: null };
  return [notificationId, { alert, latencyMs }];
}

const match = { ruleId: "r", outcome: "alerted", notificationId: "n1" };
const processed = { isFinal: true, status: "processed", matches: [match] };
const complete = {
  sent: 2,
  accepted: 2,
  results: [processed, { ...processed, matches: [] }],
  expected: new Set(["n1"]),
  arrivals: new Map([arrival("n1", 12.3)]),
};

describe("the summary", () => {
  it("is complete when every event was processed and exactly the expected alerts arrived", () => {
    const summary = summarise(complete);
    expect(summary).toEqual({
      sent: 2,
      accepted: 2,
      matched: 1,
      unfinished: 0,
      expected: 1,
      delivered: 1,
      missing: 0,
      unexpected: 0,
      latencyMs: { p50: 12.3, p99: 12.3 },
    });
    expect(isComplete(summary)).toBe(true);
    expect(formatSummary(summary)).toContain("✓ exactly these arrived");
  });

  it.each([
    ["an event was not accepted", { sent: 3 }, "1 events were not accepted"],
    ["an event was not processed", { results: [processed] }, "1 events were not processed"],
    ["an alert is missing", { expected: new Set(["n1", "n2"]) }, "1 expected alerts are missing"],
    ["an alert is one too many", { expected: new Set<string>() }, "1 alerts were not expected"],
    [
      "another alert came in the place of the expected one",
      { arrivals: new Map([arrival("n2", 1)]) },
      "1 expected alerts are missing\n✗ 1 alerts were not expected",
    ],
  ])("is not complete when %s", (_, changes, problem) => {
    const summary = summarise({ ...complete, ...changes });
    expect(isComplete(summary)).toBe(false);
    expect(formatSummary(summary)).toContain(problem);
  });

  it("has no latency when nothing arrived", () => {
    expect(summarise({ ...complete, arrivals: new Map() }).latencyMs).toBeUndefined();
  });
});

describe("a percentile", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);

  it.each([
    [0, 1],
    [0.5, 50],
    [0.99, 99],
    [1, 100],
  ])("of 1 to 100 at %d is %d", (share, value) => {
    expect(percentile(hundred, share)).toBe(value);
  });

  it("of no values is refused", () => {
    expect(() => percentile([], 0.5)).toThrow(RangeError);
  });
});
