import { type ConditionNode, isLogical, type LogicalNode } from "../ast.ts";
import { type Conjunction, holds, intersect, isEmpty, type Predicate } from "./predicate.ts";
import type { SlotTable } from "./slots.ts";
import { toDirect, toPredicate, toResidual } from "./to-predicate.ts";

/** A condition that would come to more conjunctions than this is not taken apart. */
const maximumConjunctions = 64;

/** So many predicates stand in all conjunctions of a condition together, at most. */
const maximumPredicates = 256;

/**
 * The condition as conjunctions, one of which is true exactly where the condition is. None: never true. An empty one:
 * always true.
 */
export function toConjunctions(root: ConditionNode, slots: SlotTable): Conjunction[] {
  return expand(root, false, slots)
    .map(simplify)
    .filter((conjunction) => conjunction !== undefined);
}

function expand(node: ConditionNode, negated: boolean, slots: SlotTable): Conjunction[] {
  if (node.kind === "not") return expand(node.operand, !negated, slots);
  if (isLogical(node)) {
    return (node.kind === "or") === negated ? product(node, negated, slots) : union(node, negated, slots);
  }
  const predicate = toPredicate(node, negated, slots);
  if (typeof predicate === "boolean") return predicate ? [[]] : [];
  return [[predicate]];
}

function union(node: LogicalNode, negated: boolean, slots: SlotTable): Conjunction[] {
  const conjunctions = mergeEqualities(node.operands.flatMap((operand) => expand(operand, negated, slots)));
  return fits(conjunctions.length, countPredicates(conjunctions))
    ? conjunctions
    : [[toResidual(node, negated, slots)]];
}

function fits(conjunctions: number, predicates: number): boolean {
  return conjunctions <= maximumConjunctions && predicates <= maximumPredicates;
}

function countPredicates(conjunctions: readonly Conjunction[]): number {
  return conjunctions.reduce((sum, { length }) => sum + length, 0);
}

/** `type == "a" || type == "b"` is `type in ["a", "b"]`. */
function mergeEqualities(conjunctions: readonly Conjunction[]): Conjunction[] {
  const bySlot = new Map<number, Extract<Predicate, { kind: "oneOf" }>>();
  const others: Conjunction[] = [];
  for (const conjunction of conjunctions) {
    const [only] = conjunction;
    if (only?.kind !== "oneOf" || conjunction.length > 1) {
      others.push(conjunction);
      continue;
    }
    const values = [...new Set([...(bySlot.get(only.slot)?.values ?? []), ...only.values])];
    bySlot.set(only.slot, { kind: "oneOf", slot: only.slot, values });
  }
  return [...Array.from(bySlot.values(), (predicate) => [predicate]), ...others];
}

/** Multiplies out the small parts first; what would pass the limits stays whole, and is evaluated as it was written. */
function product(node: LogicalNode, negated: boolean, slots: SlotTable): Conjunction[] {
  const parts = node.operands
    .map((operand) => ({ operand, conjunctions: expand(operand, negated, slots) }))
    .toSorted((a, b) => a.conjunctions.length - b.conjunctions.length);
  let result: Conjunction[] = [[]];
  const whole: ConditionNode[] = [];
  for (const { operand, conjunctions } of parts) {
    const predicates =
      countPredicates(result) * conjunctions.length + countPredicates(conjunctions) * result.length;
    if (fits(result.length * conjunctions.length, predicates))
      result = result.flatMap((left) => conjunctions.map((right) => [...left, ...right]));
    else whole.push(operand);
  }
  if (whole.length === 0) return result;
  const [first = node] = whole;
  const rest = whole.length === 1 ? toResidual(first, negated, slots) : toDirect(whole, negated);
  return result.map((left) => [...left, rest]);
}

/** Merges the predicates over each field; undefined where they contradict each other. */
function simplify(conjunction: Conjunction): Conjunction | undefined {
  const result: Predicate[] = [];
  for (const slot of new Set(conjunction.map((predicate) => slotOf(predicate)))) {
    const group = conjunction.filter((predicate) => slotOf(predicate) === slot);
    const merged = mergeField(group);
    if (!merged) return undefined;
    result.push(...merged);
  }
  return result;
}

function slotOf(predicate: Predicate): number {
  return predicate.kind === "residual" ? -1 : predicate.slot;
}

/** Predicates over one field as few; undefined where no value satisfies them. */
function mergeField(group: readonly Predicate[]): Predicate[] | undefined {
  const equality = group.find((predicate) => predicate.kind === "oneOf");
  if (equality) {
    // The field has one of these values: everything else about it can be answered now.
    const values = equality.values.filter((value) =>
      group.every((predicate) => predicate.kind === "residual" || holds(predicate, value)),
    );
    return values.length === 0 ? undefined : [{ ...equality, values }];
  }
  const [first, ...others] = group.filter((predicate) => predicate.kind === "range");
  if (!first) return [...group];
  const range = others.reduce(intersect, first);
  if (isEmpty(range)) return undefined;
  return [range, ...group.filter((predicate) => predicate.kind !== "range")];
}
