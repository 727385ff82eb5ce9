import { Decimal } from "../decimal.ts";
import { doubleBelow } from "../exact-number.ts";
import type { Scope } from "../interpret.ts";
import type { Value } from "../values.ts";
import type { Entry } from "./entry.ts";
import type { SlotValues } from "./predicate.ts";
import type { TextFilter } from "./text-filter.ts";

/** A place of the index: few conjunctions to check, or a node to look on from. */
export type Branch = Entry | IndexNode;

/** Children by the value of a field. */
export interface EqualityIndex {
  slot: number;
  children: ReadonlyMap<Value, Branch>;
  filter: TextFilter | undefined;
}

/** Children by what a text begins with, under the hash of their prefix. */
export interface PrefixIndex {
  slot: number;
  /** The lengths of its prefixes, ascending. */
  lengths: readonly number[];
  children: ReadonlyMap<number, readonly PrefixChild[]>;
}

export interface PrefixChild {
  prefix: string;
  branch: Branch;
}

/**
 * Children by range: a segment tree over the elementary intervals between `bounds`. A number visits the
 * log2(intervals) nodes above its interval; each range stands at no more than twice as many.
 */
export interface RangeIndex {
  slot: number;
  /** Interval i holds the numbers from bounds[i] up to, not including, bounds[i + 1]. */
  bounds: Float64Array;
  /** The same for numbers between two doubles, which are looked up by the one below. */
  boundsBetween: Float64Array;
  /** The tree as a heap: interval i is the leaf at bounds.length + i. */
  branches: readonly (Branch | undefined)[];
}

/** Where many rules stand: those to check for every event that comes by, and the ways on. */
export class IndexNode {
  readonly isLeaf = false;
  readonly entries: Entry | null;
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

/** The event at hand, and the ranks of the rules that were found true of it. */
export interface Search {
  values: SlotValues;
  scope: Scope;
  ranks: number[];
}

/** Adds the ranks of the rules below a place of the index that are true of an event. */
export function collect(branch: Branch, search: Search): void {
  if (branch.isLeaf) collectEntries(branch, search);
  else collectNode(branch, search);
}

function collectEntries(first: Entry | null, search: Search): void {
  for (let entry = first; entry !== null; entry = entry.next) {
    if (isTrue(entry, search)) search.ranks.push(entry.rank);
  }
}

function isTrue(entry: Entry, { values, scope }: Search): boolean {
  for (let check: Entry | null = entry; check !== null; check = check.also) {
    if (!check.holds(values, scope)) return false;
  }
  return true;
}

function collectNode(node: IndexNode, search: Search): void {
  collectEntries(node.entries, search);
  for (const index of node.equalities) {
    const value = search.values[index.slot];
    if (value === undefined || (typeof value === "string" && index.filter?.mayHave(value) === false))
      continue;
    const branch = index.children.get(value);
    if (branch !== undefined) collect(branch, search);
  }
  for (const index of node.ranges) {
    const value = search.values[index.slot];
    if (typeof value === "number") collectRange(index, index.bounds, value, search);
    else if (value instanceof Decimal) collectRange(index, index.boundsBetween, doubleBelow(value), search);
  }
  for (const index of node.prefixes) {
    const value = search.values[index.slot];
    if (typeof value === "string") collectPrefix(index, value, search);
  }
}

function collectRange({ branches }: RangeIndex, bounds: Float64Array, value: number, search: Search): void {
  // Alerts watch the far end of a scale: most events lie below all of their ranges.
  if (value < (bounds[0] ?? 0)) return;
  let position = bounds.length + intervalOf(bounds, value);
  for (; position > 0; position >>= 1) {
    const branch = branches[position];
    if (branch !== undefined) collect(branch, search);
  }
}

/** The last interval that begins at or before a number that the first one does not lie above. */
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

/** Hashes the text as it goes, so that each length of prefix is one look-up of a number. */
function collectPrefix({ lengths, children }: PrefixIndex, text: string, search: Search): void {
  let hash = 0;
  let hashed = 0;
  for (const length of lengths) {
    if (text.length < length) return;
    for (; hashed < length; hashed += 1) hash = extendHash(hash, text.charCodeAt(hashed));
    const found = children.get(hash);
    if (found === undefined) continue;
    for (const { prefix, branch } of found) {
      if (prefix.length === length && text.startsWith(prefix)) collect(branch, search);
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
