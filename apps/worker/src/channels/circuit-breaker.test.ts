import { describe, expect, it } from "vitest";
import { createCircuitBreaker, failuresToOpen, longestPauseMs, shortestPauseMs } from "./circuit-breaker.ts";

/** A breaker, and a clock that goes as told. */
function scene() {
  let now = 0;
  const breaker = createCircuitBreaker(() => now);
  return {
    breaker,
    pass: (ms: number) => (now += ms),
    fail: (times: number) => {
      for (let call = 0; call < times; call += 1) {
        breaker.enter();
        breaker.leave(true);
      }
    },
  };
}

describe("a circuit breaker", () => {
  it("opens after so many failures in a row, and not where one succeeds between them", () => {
    const { breaker, fail } = scene();
    fail(failuresToOpen - 1);
    breaker.leave(false);
    fail(failuresToOpen - 1);
    expect([breaker.isOpen(), breaker.enter()]).toEqual([false, 0]);
    breaker.leave(true);
    expect([breaker.isOpen(), breaker.enter()]).toEqual([true, shortestPauseMs]);
  });

  it("lets one call through after the pause, and all of them when it succeeds", () => {
    const { breaker, fail, pass } = scene();
    fail(failuresToOpen);
    pass(shortestPauseMs);
    expect([breaker.enter(), breaker.enter()]).toEqual([0, shortestPauseMs]);
    breaker.leave(false);
    expect([breaker.isOpen(), breaker.enter(), breaker.enter()]).toEqual([false, 0, 0]);
  });

  it("pauses twice as long each time that the provider still fails, up to the longest", () => {
    const { breaker, fail, pass } = scene();
    fail(failuresToOpen);
    const pauses = Array.from({ length: 6 }, () => {
      const pause = breaker.enter();
      pass(pause);
      fail(1);
      return pause;
    });
    expect(pauses).toEqual([1, 2, 4, 8, 10, 10].map((seconds) => seconds * 1000));
    expect(longestPauseMs).toBe(10_000);
  });

  it("does not pause longer for what was under way when it opened", () => {
    const { breaker, fail } = scene();
    fail(failuresToOpen);
    for (let call = 0; call < 50; call += 1) breaker.leave(true);
    expect(breaker.enter()).toBe(shortestPauseMs);
  });
});
