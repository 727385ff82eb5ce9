import { type AnyNode, childrenOf, type Condition } from "./ast.ts";
import { InvalidConditionError, positionAt } from "./errors.ts";
import { conditionLimits } from "./limits.ts";
import type { Conjunction } from "./matcher/predicate.ts";
import { SlotTable } from "./matcher/slots.ts";
import { toConjunctions } from "./matcher/to-conjunctions.ts";

/**
 * How much a condition takes of the matcher: the nodes of its tree, the predicates of its conjunctions, and the places
 * of the index at which it stands at least. Each is about a hundred bytes in each worker.
 */
export function conditionSize({ root }: Condition): number {
  return countNodes(root) + toConjunctions(root, new SlotTable()).reduce((sum, own) => sum + sizeOf(own), 0);
}

function countNodes(node: AnyNode): number {
  return childrenOf(node).reduce((sum, child) => sum + countNodes(child), 1);
}

/** One for each predicate, and one for each place: of a list as many as it has values. */
function sizeOf(conjunction: Conjunction): number {
  const lists = conjunction.flatMap((predicate) =>
    predicate.kind === "oneOf" ? [predicate.values.length] : [],
  );
  return conjunction.length + Math.max(1, ...lists);
}

/** @throws InvalidConditionError where a condition takes more of the matcher than one may */
export function checkConditionSize(condition: Condition): void {
  const size = conditionSize(condition);
  if (size <= conditionLimits.matcherSize) return;
  throw new InvalidConditionError({
    message: `This condition has the size ${size} in the matcher, and one may have ${conditionLimits.matcherSize}`,
    position: positionAt(condition.source, 0),
    found: `a size of ${size}`,
    expected: ["shorter lists", "fewer alternatives"],
  });
}
