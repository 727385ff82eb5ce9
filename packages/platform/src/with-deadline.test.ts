import { stat } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { DeadlineError, withDeadline } from "./with-deadline.ts";

/** Keeps the process from everything else. */
function standStill(ms: number): void {
  const endsAt = performance.now() + ms;
  while (performance.now() < endsAt);
}

describe("waiting with a deadline", () => {
  it("gives what came in time, or how it failed", async () => {
    expect(await withDeadline("It", 1_000, delay(1, "answer"))).toBe("answer");
    await expect(withDeadline("It", 1_000, Promise.reject(new Error("no")))).rejects.toThrow("no");
  });

  it("ends when the time is over", async () => {
    const waiting = withDeadline("It", 10, delay(60_000, "answer", { ref: false }));
    await expect(waiting).rejects.toThrow(DeadlineError);
    await expect(waiting).rejects.toThrow("It did not answer within 10 ms");
  });

  it("takes an answer that came in time although the process stood still meanwhile", async () => {
    for (let time = 0; time < 20; time += 1) {
      const waiting = withDeadline("The disk", 20, stat("."));
      standStill(40);
      expect((await waiting).isDirectory()).toBe(true);
    }
  });
});
