/** Names that would reach an object's prototype if someone copied them carelessly. */
const forbiddenNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Whether a field of this name is refused wherever it comes from. */
export function isForbiddenName(name: string): boolean {
  return forbiddenNames.has(name);
}

/**
 * Whether JSON can say this value as it is: no dates, maps, undefined or infinite numbers, no forbidden names,
 * nested at most `depth` levels.
 */
export function isPlainJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === "string" || typeof value === "boolean") return true;
  if (typeof value === "number") return Number.isFinite(value);
  if (typeof value !== "object" || depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isPlainJson(item, depth - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(
    ([name, item]) => !isForbiddenName(name) && isPlainJson(item, depth - 1),
  );
}
