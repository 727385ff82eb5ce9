/** A path as OpenAPI writes it, with whatever stands for it. */
export interface DeclaredPath {
  path: string;
}

/** What a path was found to be, with the parts that stand for its parameters, as they were sent. */
export interface PathMatch<Item> {
  item: Item;
  parameters: Record<string, string>;
}

/**
 * Matches paths exactly: letter by letter, without a slash more or less, fixed ones before those with parameters. The
 * time that it takes does not grow with how many fixed ones there are. `.` and `..` stand for no parameter: to a proxy
 * they mean another path.
 */
export function matchPath<Item extends DeclaredPath>(
  items: readonly Item[],
): (path: string) => PathMatch<Item> | undefined {
  const fixed = new Map(items.filter(({ path }) => !path.includes("{")).map((item) => [item.path, item]));
  const patterns = Map.groupBy(
    items
      .filter(({ path }) => path.includes("{"))
      .map((item) => ({ item, parts: item.path.split("/").map(partOf) })),
    ({ parts }) => parts.length,
  );
  return (path) => {
    const exact = fixed.get(path);
    if (exact) return { item: exact, parameters: {} };
    const sent = path.split("/");
    for (const { item, parts } of patterns.get(sent.length) ?? []) {
      const fits = parts.every((part, index) =>
        part.isParameter ? standsForParameter(sent[index]) : part.text === sent[index],
      );
      if (!fits) continue;
      const parameters = parts.flatMap((part, index): [string, string][] =>
        part.isParameter ? [[part.text, sent[index] ?? ""]] : [],
      );
      return { item, parameters: Object.fromEntries(parameters) };
    }
    return undefined;
  };
}

function standsForParameter(text = ""): boolean {
  return text !== "" && text !== "." && text !== "..";
}

function partOf(text: string): { isParameter: boolean; text: string } {
  const isParameter = text.startsWith("{");
  return { isParameter, text: isParameter ? text.slice(1, -1) : text };
}
