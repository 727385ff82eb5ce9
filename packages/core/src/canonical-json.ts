import { canonicalNumber, isExactNumber } from "@tocsin/contracts/exact-number";

/**
 * One text for all spellings of the same JSON: names in one order, numbers by what they mean. As RFC 8785 does it, but for
 * numbers, which that rounds to doubles.
 */
export function canonicalJson(value: unknown): string {
  if (typeof value === "number") return canonicalNumber(String(value));
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (isExactNumber(value)) return canonicalNumber(value.rawJSON);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const fields = Object.entries(value)
    .filter(([, item]) => item !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, item]) => `${JSON.stringify(name)}:${canonicalJson(item)}`);
  return `{${fields.join(",")}}`;
}
