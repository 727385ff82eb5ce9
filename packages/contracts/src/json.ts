import { type ExactNumber, isExactNumber, roundedNumber } from "./exact-number.ts";

/** Names that would reach an object's prototype if someone copied them carelessly. */
const forbiddenNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/** Whether a field of this name is refused wherever it comes from. */
export function isForbiddenName(name: string): boolean {
  return forbiddenNames.has(name);
}

/** MySQL keeps names of up to 65,535 bytes; a UTF-16 unit has at most three in UTF-8. */
const longestName = 21_845;

/**
 * Whether JSON can say this value as it is, and every server keeps it: no dates, maps, undefined or infinite numbers,
 * no forbidden or endless names, no half of a surrogate pair, nested at most `depth` levels.
 */
export function isPlainJson(value: unknown, depth: number): boolean {
  if (value === null || typeof value === "boolean") return true;
  if (typeof value === "string") return value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value);
  if (isExactNumber(value)) return isFiniteNumber(value);
  if (typeof value !== "object" || depth === 0) return false;
  if (Array.isArray(value)) return value.every((item) => isPlainJson(item, depth - 1));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.entries(value).every(([name, item]) => isKeptName(name) && isPlainJson(item, depth - 1));
}

/** Neither infinite nor, though not 0, nearest to it. */
function isFiniteNumber(value: ExactNumber): boolean {
  const rounded = roundedNumber(value);
  return Number.isFinite(rounded) && rounded !== 0;
}

function isKeptName(name: string): boolean {
  return !isForbiddenName(name) && name.length <= longestName && name.isWellFormed();
}
