import { setTimeout as delay } from "node:timers/promises";

export interface EventuallyOptions {
  /** Gives up after this time (ms). */
  timeoutMs?: number;
  /** Pause between two tries (ms). */
  everyMs?: number;
}

/**
 * Repeats an assertion until it stops throwing, and returns its result.
 *
 * @throws whatever the assertion threw last, once the time is over.
 */
export async function eventually<Result>(
  assertion: () => Result | Promise<Result>,
  { timeoutMs = 10_000, everyMs = 20 }: EventuallyOptions = {},
): Promise<Result> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await delay(everyMs);
    }
  }
}
