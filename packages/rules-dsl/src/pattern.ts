import type { OperandNode } from "./ast.ts";
import { conditionLimits } from "./limits.ts";
import type { ParserState } from "./parser-state.ts";
import { PatternProgram } from "./pattern-program.ts";
import { estimatePatternSize } from "./pattern-size.ts";

/** What is estimated to be this much larger than it may be is not even compiled to be measured. */
const roughness = 20;

/** How large the patterns of a condition are that were read so far. */
export interface PatternSizes {
  /** Their instructions. */
  instructions: number;
  /** What was estimated before they were compiled. */
  estimated: number;
}

/**
 * Checks the pattern of `matches` while the condition is read.
 * @throws InvalidConditionError unless it is a text in quotes that RE2 accepts and all together stay small
 */
export function parsePattern(state: ParserState, node: OperandNode): void {
  const expected = ["a regular expression in quotes (RE2 syntax)"];
  if (node.kind !== "literal" || typeof node.value !== "string") {
    state.refuseNode(node, "matches takes a pattern written in quotes", expected);
  }
  if (state.isStored) return;
  const sizes = state.patterns;
  sizes.estimated += estimatePatternSize(node.value);
  if (sizes.estimated > conditionLimits.patternInstructions * roughness)
    refuseSize(state, node, sizes.estimated);
  const compiled = tryCompile(node.value);
  if (typeof compiled === "string")
    state.refuseNode(node, `This pattern is not valid: ${compiled}`, expected);
  sizes.instructions += compiled.size;
  if (sizes.instructions > conditionLimits.patternInstructions) refuseSize(state, node, sizes.instructions);
}

function refuseSize(state: ParserState, node: OperandNode, size: number): never {
  const most = conditionLimits.patternInstructions;
  const message = `The patterns up to here have ${size} instructions once compiled; those of a condition have at most ${most} together`;
  return state.refuseNode(node, message, ["fewer or smaller repetitions"]);
}

function tryCompile(pattern: string): PatternProgram | string {
  try {
    return new PatternProgram(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Compiles a pattern; null where RE2 does not accept it (any more). */
export function compilePattern(pattern: string): PatternProgram | null {
  const compiled = tryCompile(pattern);
  return typeof compiled === "string" ? null : compiled;
}
