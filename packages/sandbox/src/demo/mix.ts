/** Spreads the shorter list evenly over the longer one; each keeps its order. */
export function mix<Item>(first: readonly Item[], second: readonly Item[]): Item[] {
  const place = (list: readonly Item[]) =>
    list.map((item, index) => ({ item, at: (index + 0.5) / list.length }));
  return [...place(first), ...place(second)].toSorted((a, b) => a.at - b.at).map(({ item }) => item);
}
