import { createRandom as createNumbers } from "@tocsin/sandbox/random";

/** Random numbers that a seed repeats. */
export interface Random {
  /** A double from 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `limit`. */
  below(limit: number): number;
  /** As `below`, but small numbers come more often: half of the draws fall into the first quarter. */
  skewedBelow(limit: number): number;
  /** One of the items. */
  pick<Item>(items: readonly Item[]): Item;
}

/** The same draws for the same seed. */
export function createRandom(seed: number): Random {
  const next = createNumbers(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    skewedBelow: (limit) => Math.floor(next() ** 2 * limit),
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError("Nothing to pick from");
      return item;
    },
  };
}
