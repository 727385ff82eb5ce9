import type { Scope } from "../interpret.ts";
import type { Value } from "../values.ts";
import type { Check } from "./check.ts";
import type { SlotValues } from "./predicate.ts";

/** A conjunction of a rule with what is left to check when the index has led to it. */
export interface Entry {
  /** The rule's place in the order of the answer. */
  rank: number;
  checks: readonly Check[];
}

/** Children by the value of a field. */
export interface EqualityIndex {
  slot: number;
  children: ReadonlyMap<Value, IndexNode>;
}

/** Children by what a text begins with, a map for each length. */
export interface PrefixIndex {
  slot: number;
  lengths: readonly { length: number; children: ReadonlyMap<string, IndexNode> }[];
}

/**
 * Children by range: a segment tree over the elementary intervals between `bounds`. A number visits the
 * log2(intervals) nodes above its interval; each range stands at no more than twice as many.
 */
export interface RangeIndex {
  slot: number;
  /** Interval i holds the numbers from bounds[i] up to, not including, bounds[i + 1]. */
  bounds: Float64Array;
  /** The tree as a heap: interval i is the leaf at bounds.length + i. */
  nodes: readonly (IndexNode | undefined)[];
}

/** Rules in a place of the index: those to check here, and where to look on. */
export class IndexNode {
  readonly entries: readonly Entry[];
  readonly equalities: readonly EqualityIndex[];
  readonly ranges: readonly RangeIndex[];
  readonly prefixes: readonly PrefixIndex[];

  constructor(parts: Pick<IndexNode, "entries" | "equalities" | "ranges" | "prefixes">) {
    this.entries = parts.entries;
    this.equalities = parts.equalities;
    this.ranges = parts.ranges;
    this.prefixes = parts.prefixes;
  }
}

/** Adds the ranks of the entries below a node that are true of an event. */
export function collect(node: IndexNode, values: SlotValues, scope: Scope, ranks: number[]): void {
  for (const entry of node.entries) {
    if (allTrue(entry.checks, values, scope)) ranks.push(entry.rank);
  }
  for (const { slot, children } of node.equalities) {
    const child = children.get(values[slot]);
    if (child !== undefined) collect(child, values, scope, ranks);
  }
  for (const index of node.ranges) {
    const value = values[index.slot];
    if (typeof value === "number") collectRange(index, value, { values, scope, ranks });
  }
  for (const index of node.prefixes) {
    const value = values[index.slot];
    if (typeof value === "string") collectPrefix(index, value, { values, scope, ranks });
  }
}

interface Search {
  values: SlotValues;
  scope: Scope;
  ranks: number[];
}

function allTrue(checks: readonly Check[], values: SlotValues, scope: Scope): boolean {
  for (const check of checks) {
    if (!check.isTrue(values, scope)) return false;
  }
  return true;
}

function collectRange({ bounds, nodes }: RangeIndex, value: number, { values, scope, ranks }: Search): void {
  let position = bounds.length + intervalOf(bounds, value);
  if (position < bounds.length) return;
  for (; position > 0; position >>= 1) {
    const node = nodes[position];
    if (node !== undefined) collect(node, values, scope, ranks);
  }
}

/** The last interval that begins at or before a number; -1 when it is below all. */
function intervalOf(bounds: Float64Array, value: number): number {
  let low = 0;
  let high = bounds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((bounds[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function collectPrefix({ lengths }: PrefixIndex, value: string, { values, scope, ranks }: Search): void {
  for (const { length, children } of lengths) {
    if (value.length < length) return;
    const child = children.get(value.slice(0, length));
    if (child !== undefined) collect(child, values, scope, ranks);
  }
}
