import { RE2JS } from "re2js";
import type { OperandNode } from "./ast.ts";
import { conditionLimits } from "./limits.ts";
import type { ParserState } from "./parser-state.ts";

/** A compiled pattern: searches a text in time linear to its length. */
export interface Pattern {
  test(text: string): boolean;
}

/** Texts longer than this are not searched: the answer is unknown. UTF-16 units. */
const searchedCharacters = 20_000;

/**
 * Checks the pattern of `matches` while the condition is read.
 * @throws InvalidConditionError unless it is a text in quotes that RE2 accepts and that stays small
 */
export function parsePattern(state: ParserState, node: OperandNode): void {
  const expected = ["a regular expression in quotes (RE2 syntax)"];
  if (node.kind !== "literal" || typeof node.value !== "string") {
    state.refuseNode(node, "matches takes a pattern written in quotes", expected);
  }
  const compiled = tryCompile(node.value);
  if (typeof compiled === "string")
    state.refuseNode(node, `This pattern is not valid: ${compiled}`, expected);
  if (compiled.programSize() > conditionLimits.patternInstructions) {
    state.refuseNode(node, "This pattern is too large", ["fewer or smaller repetitions"]);
  }
}

function tryCompile(pattern: string): RE2JS | string {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Compiles a pattern that parsePattern accepted. */
export function compilePattern(pattern: string): Pattern {
  return RE2JS.compile(pattern);
}

/** Whether a pattern is found anywhere in a text; unknown for very long texts. */
export function searchPattern(pattern: Pattern, text: string): boolean | undefined {
  return text.length > searchedCharacters ? undefined : pattern.test(text);
}
