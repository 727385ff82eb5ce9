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

/** Children by what a text begins with, under the hash of their prefix. */
export interface PrefixIndex {
  slot: number;
  /** No prefix is longer. */
  maximumLength: number;
  children: ReadonlyMap<number, readonly PrefixChild[]>;
}

export interface PrefixChild {
  prefix: string;
  node: IndexNode;
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
  readonly isLeaf: boolean;

  constructor(
    entries: readonly Entry[],
    equalities: readonly EqualityIndex[] = none,
    ranges: readonly RangeIndex[] = none,
    prefixes: readonly PrefixIndex[] = none,
  ) {
    this.entries = entries;
    this.equalities = equalities;
    this.ranges = ranges;
    this.prefixes = prefixes;
    this.isLeaf = equalities.length + ranges.length + prefixes.length === 0;
  }
}

const none: readonly never[] = [];

/** The event at hand, and the ranks of the rules that were found true of it. */
export interface Search {
  values: SlotValues;
  scope: Scope;
  ranks: number[];
}

/** Adds the ranks of the entries below a node that are true of an event. */
export function collect(node: IndexNode, search: Search): void {
  for (const entry of node.entries) {
    if (allTrue(entry.checks, search)) search.ranks.push(entry.rank);
  }
  if (node.isLeaf) return;
  for (const index of node.equalities) {
    const value = search.values[index.slot];
    const child = value === undefined ? undefined : index.children.get(value);
    if (child !== undefined) collect(child, search);
  }
  for (const index of node.ranges) {
    const value = search.values[index.slot];
    if (typeof value === "number") collectRange(index, value, search);
  }
  for (const index of node.prefixes) {
    const value = search.values[index.slot];
    if (typeof value === "string") collectPrefix(index, value, search);
  }
}

function allTrue(checks: readonly Check[], search: Search): boolean {
  for (const check of checks) {
    if (!check.isTrue(search.values, search.scope)) return false;
  }
  return true;
}

function collectRange({ bounds, nodes }: RangeIndex, value: number, search: Search): void {
  let position = bounds.length + intervalOf(bounds, value);
  if (position < bounds.length) return;
  for (; position > 0; position >>= 1) {
    const node = nodes[position];
    if (node !== undefined) collect(node, search);
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

/** Hashes the text as it goes, so that every length of prefix is one look-up of a number. */
function collectPrefix({ maximumLength, children }: PrefixIndex, text: string, search: Search): void {
  const length = Math.min(text.length, maximumLength);
  let hash = 0;
  for (let index = 0; index < length; index += 1) {
    hash = extendHash(hash, text.charCodeAt(index));
    const found = children.get(hash);
    if (found === undefined) continue;
    for (const { prefix, node } of found) {
      if (prefix.length === index + 1 && text.startsWith(prefix)) collect(node, search);
    }
  }
}

function extendHash(hash: number, unit: number): number {
  return (Math.imul(hash, 31) + unit) | 0;
}

/** The hash of a whole text. */
export function hashText(text: string): number {
  let hash = 0;
  for (let index = 0; index < text.length; index += 1) hash = extendHash(hash, text.charCodeAt(index));
  return hash;
}
