import type { TextOperator } from "./ast.ts";
import { compilePattern, type Pattern, searchPattern } from "./pattern.ts";
import { isEqual, type Kleene, type Value } from "./values.ts";

/** Patterns compiled so far, by their text. Cleared when full: rules come and go. */
const patterns = new Map<string, Pattern>();
const maximumPatterns = 1000;

/** The truth of a text operator; unknown where the operands are not of its types. */
export function applyText(operator: TextOperator, left: Value, right: Value): Kleene {
  if (operator === "contains" && Array.isArray(left)) return containsItem(left, right);
  if (typeof left !== "string" || typeof right !== "string") return undefined;
  switch (operator) {
    case "contains":
      return left.includes(right);
    case "startsWith":
      return left.startsWith(right);
    case "endsWith":
      return left.endsWith(right);
    case "matches":
      return searchPattern(patternOf(right), left);
  }
}

/** Whether a list holds a value. Items that are lists, objects or null are no value that could be named. */
function containsItem(list: readonly unknown[], value: Value): Kleene {
  if (value === undefined || Array.isArray(value)) return undefined;
  return list.some((item) => isScalar(item) && isEqual(item, value) === true);
}

function isScalar(item: unknown): item is string | number | boolean {
  return typeof item === "string" || typeof item === "number" || typeof item === "boolean";
}

function patternOf(source: string): Pattern {
  const known = patterns.get(source);
  if (known) return known;
  if (patterns.size >= maximumPatterns) patterns.clear();
  const compiled = compilePattern(source);
  patterns.set(source, compiled);
  return compiled;
}
