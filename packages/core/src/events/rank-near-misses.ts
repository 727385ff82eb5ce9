import type { ExplainedNode } from "@tocsin/rules-dsl";

/** A rule's condition, explained for an event that it did not match. */
export interface MissCandidate {
  id: string;
  explained: ExplainedNode;
}

/** How near a condition came: of its parts, how many held and how many did not. */
interface Nearness {
  held: number;
  failed: number;
}

/**
 * The rules that came nearest to matching, nearest first: the fewest parts that did not hold, then the most that did.
 * One of which nothing held did not come near at all.
 */
export function rankNearMisses(candidates: readonly MissCandidate[]): string[] {
  return candidates
    .filter(({ explained }) => explained.truth !== "true")
    .map(({ id, explained }) => ({ id, ...nearnessOf(explained) }))
    .filter(({ held }) => held > 0)
    .toSorted((a, b) => compareNearness(a, b) || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

function compareNearness(a: Nearness, b: Nearness): number {
  return a.failed - b.failed || b.held - a.held;
}

function compareSides(a: Nearness, b: Nearness): number {
  return Number(b.held > 0) - Number(a.held > 0) || compareNearness(a, b);
}

/** Of `||` the nearest side counts, one of which something held before all others; of `&&` all parts do. */
function nearnessOf(node: ExplainedNode): Nearness {
  const parts = node.operands.map(nearnessOf);
  if (node.kind === "or" && node.truth !== "true")
    return parts.toSorted(compareSides)[0] ?? { held: 0, failed: 1 };
  if (node.kind !== "and") return node.truth === "true" ? { held: 1, failed: 0 } : { held: 0, failed: 1 };
  return parts.reduce((sum, { held, failed }) => ({ held: sum.held + held, failed: sum.failed + failed }), {
    held: 0,
    failed: 0,
  });
}
