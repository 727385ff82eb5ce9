import type { TextNode } from "./ast.ts";
import { isRawNumber } from "./exact-number.ts";
import { holdsText } from "./find-text.ts";
import { conditionLimits } from "./limits.ts";
import { compilePattern } from "./pattern.ts";
import type { PatternProgram } from "./pattern-program.ts";
import { ExceededLimit, stepsToRead } from "./search-budget.ts";
import { isEqual, type Kleene, toValue, type Value } from "./values.ts";

/** Steps for each item of a list that is compared with a date or a decimal: each is read as one. */
const convertedItem = 50;

/** A text operator as far as its truth depends on it. */
export type TextSearch = Pick<TextNode, "operator" | "right" | "steps">;

/**
 * The truth of a text operator, its `not` aside; unknown where the operands are not of its types; the limit that it
 * would exceed where it has too few steps for them.
 */
export function searchText(node: TextSearch, left: Value, right: Value): Kleene | ExceededLimit {
  if (node.operator === "contains" && Array.isArray(left)) return containsItem(left, right, node.steps);
  if (typeof left !== "string" || typeof right !== "string") return undefined;
  switch (node.operator) {
    case "contains":
      return containsText(left, right, node.steps);
    case "startsWith":
      return left.startsWith(right);
    case "endsWith":
      return left.endsWith(right);
    case "matches":
      return matchesPattern(node, left, right);
  }
}

function containsText(text: string, wanted: string, steps: number): boolean | ExceededLimit {
  const needed = stepsToRead(text.length + wanted.length);
  return needed > steps ? ExceededLimit.ofSteps(needed, steps) : holdsText(text, wanted);
}

/** Whether a list holds a value. Items that are lists, objects or null are no value that could be named. */
function containsItem(list: readonly unknown[], value: Value, steps: number): Kleene | ExceededLimit {
  if (value === undefined || Array.isArray(value)) return undefined;
  const needed = list.length * (typeof value === "object" ? convertedItem : 1);
  if (needed > steps) return ExceededLimit.ofSteps(needed, steps);
  return list.some((item) => isNameable(item) && isEqual(toValue(item), value) === true);
}

function isNameable(item: unknown): boolean {
  return typeof item !== "object" || isRawNumber(item);
}

function matchesPattern(node: TextSearch, text: string, pattern: string): Kleene | ExceededLimit {
  if (text.length > conditionLimits.searchedCharacters) return ExceededLimit.ofLength(text.length);
  const program = programOf(node.right, pattern);
  if (!program) return undefined;
  return program.search(text, node.steps) ?? ExceededLimit.ofSteps(undefined, node.steps);
}

/** Compiled patterns, kept as long as the condition that they stand in. Null: no valid pattern. */
const programs = new WeakMap<object, PatternProgram | null>();

function programOf(node: TextSearch["right"], pattern: string): PatternProgram | null {
  let program = programs.get(node);
  if (program === undefined) {
    program = compilePattern(pattern);
    programs.set(node, program);
  }
  return program;
}
