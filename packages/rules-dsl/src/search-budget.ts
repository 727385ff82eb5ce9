import { type AnyNode, type CallNode, childrenOf, type ConditionNode, type TextNode } from "./ast.ts";
import { conditionLimits } from "./limits.ts";
import { estimatePatternSize } from "./pattern-size.ts";
import { functions, textOperators } from "./vocabulary.ts";

/** Characters that are read in one step: a step takes some ten nanoseconds. */
const charactersInAStep = 4;

/** What any part that searches counts when the steps are shared out; a pattern counts its instructions if more. */
const plainWeight = 10;

/** How many steps it takes to read so many characters. */
export function stepsToRead(characters: number): number {
  return Math.ceil(characters / charactersInAStep);
}

/**
 * Shares the steps that a condition may take for one event out among the parts that may read a text or a list
 * from end to end, such as `contains` and `len()`. Each has its own share, so what a part comes to does not depend on which others were evaluated
 * before it: matcher and interpreter agree, in whatever order they go.
 */
export function shareSteps(root: ConditionNode): void {
  const parts = searchingParts(root).map((node) => ({ node, weight: weightOf(node) }));
  const total = parts.reduce((sum, { weight }) => sum + weight, 0);
  for (const { node, weight } of parts) node.steps = Math.floor((conditionLimits.steps * weight) / total);
}

function searchingParts(node: AnyNode): (TextNode | CallNode)[] {
  const below = childrenOf(node).flatMap(searchingParts);
  return isSearching(node) ? [node, ...below] : below;
}

function isSearching(node: AnyNode): node is TextNode | CallNode {
  if (node.kind === "call") return functions[node.name].readsAll;
  return node.kind === "text" && textOperators[node.operator].readsAll;
}

function weightOf(node: TextNode | CallNode): number {
  if (node.kind === "call" || node.operator !== "matches" || node.right.kind !== "literal")
    return plainWeight;
  return Math.max(plainWeight, estimatePatternSize(String(node.right.value)));
}

/** A limit that was exceeded while an event was held against a part of a condition: the part is unknown. */
export class ExceededLimit {
  readonly message: string;

  private constructor(message: string) {
    this.message = message;
  }

  /** @param needed how many steps it would take; undefined: more than it may, but nobody counted on */
  static ofSteps(needed: number | undefined, steps: number): ExceededLimit {
    const taken = needed === undefined ? "takes" : `takes ${needed} steps,`;
    return new ExceededLimit(`it ${taken} more than the ${steps} steps that it may take for one event`);
  }

  static ofLength(characters: number): ExceededLimit {
    const most = conditionLimits.searchedCharacters;
    return new ExceededLimit(`the text has ${characters} characters, and at most ${most} are searched`);
  }
}

let exceededParts = 0;

/** Counts a part of a condition that exceeded a limit. */
export function noteExceeded(): void {
  exceededParts += 1;
}

/** How often a part of a condition exceeded a limit in this process, and was unknown for it. */
export function countExceeded(): number {
  return exceededParts;
}
