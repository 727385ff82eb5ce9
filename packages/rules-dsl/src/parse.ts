import type { Condition } from "./ast.ts";
import { checkConditionSize } from "./condition-size.ts";
import { InvalidConditionError } from "./errors.ts";
import { conditionLimits, exceedsBytes } from "./limits.ts";
import { toCondition } from "./node-roles.ts";
import { parseDisjunction } from "./parse-condition.ts";
import { ParserState } from "./parser-state.ts";
import { shareSteps } from "./search-budget.ts";

/**
 * Reads a condition of the rule language (grammar.ebnf) that is to be taken.
 * @throws InvalidConditionError with the place, what was found and what was expected; what exceeds a limit of
 * {@link conditionLimits} is refused before it costs much
 */
export function parseCondition(source: string): Condition {
  const condition = parse(source, false);
  checkConditionSize(condition);
  return condition;
}

/**
 * Reads a condition that was taken before. One that is larger than is taken by now is read all the same: it must go on
 * to work. Its patterns are compiled when they are first needed.
 * @throws InvalidConditionError where it is not in the language
 */
export function parseStoredCondition(source: string): Condition {
  return parse(source, true);
}

function parse(source: string, isStored: boolean): Condition {
  if (exceedsBytes(source, conditionLimits.bytes)) {
    throw new InvalidConditionError({
      message: `A condition has at most ${conditionLimits.bytes} bytes`,
      position: { offset: 0, line: 1, column: 1 },
      found: `${source.length} characters`,
      expected: ["a shorter condition"],
    });
  }
  const state = new ParserState(source, parseDisjunction, isStored);
  const root = toCondition(state, parseDisjunction(state));
  if (state.peek().kind !== "end") state.refuseToken(["&&", "||", "the end"]);
  shareSteps(root);
  return { source, root };
}
