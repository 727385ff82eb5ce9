import type { Condition } from "./ast.ts";
import { InvalidConditionError } from "./errors.ts";
import { conditionLimits, exceedsBytes } from "./limits.ts";
import { toCondition } from "./node-roles.ts";
import { parseDisjunction } from "./parse-condition.ts";
import { ParserState } from "./parser-state.ts";

/**
 * Reads a condition of the rule language (grammar.ebnf).
 * @throws InvalidConditionError with the place, what was found and what was expected; texts over 4 kB (UTF-8),
 * 512 nodes or 64 levels are refused before they cost anything
 */
export function parseCondition(source: string): Condition {
  if (exceedsBytes(source, conditionLimits.bytes)) {
    throw new InvalidConditionError({
      message: `A condition has at most ${conditionLimits.bytes} bytes`,
      position: { offset: 0, line: 1, column: 1 },
      found: `${source.length} characters`,
      expected: ["a shorter condition"],
    });
  }
  const state = new ParserState(source, parseDisjunction);
  const root = toCondition(state, parseDisjunction(state));
  if (state.peek().kind !== "end") state.refuseToken(["&&", "||", "the end"]);
  return { source, root };
}
