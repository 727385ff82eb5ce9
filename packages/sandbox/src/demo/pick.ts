import type { Random } from "../random.ts";

/** One of the items, each as likely as the other. */
export function pick<Item>(random: Random, items: readonly [Item, ...Item[]]): Item {
  return items[Math.floor(random() * items.length)] ?? items[0];
}
