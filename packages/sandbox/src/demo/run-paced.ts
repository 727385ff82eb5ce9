import { setTimeout as delay } from "node:timers/promises";

export interface Pace {
  /** How many begin in a second. */
  rate: number;
  /** How many may be under way at the same time. */
  concurrency: number;
}

/**
 * Does a task for each item, in order, at a steady pace; when tasks take too long, later ones begin later.
 *
 * @throws what the first failing task threw.
 */
export async function runPaced<Item>(
  items: readonly Item[],
  { rate, concurrency }: Pace,
  task: (item: Item, index: number) => Promise<void>,
): Promise<void> {
  const startedAt = performance.now();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < items.length) {
      const index = next;
      next += 1;
      const waitMs = startedAt + (index / rate) * 1_000 - performance.now();
      if (waitMs > 0) await delay(waitMs);
      await task(items[index] as Item, index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, work));
}
