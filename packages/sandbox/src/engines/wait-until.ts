import { setTimeout as delay } from "node:timers/promises";

/**
 * Asks again and again until the answer is true.
 *
 * @param timeoutMs gives up after this time (ms).
 * @returns whether the answer became true in time.
 */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs = 25,
): Promise<boolean> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() >= deadline) return false;
    await delay(everyMs);
  }
  return true;
}
