import { nextUp } from "./doubles.ts";
import { type Entry, toEntry } from "./entry.ts";
import {
  type Branch,
  type EqualityIndex,
  hashText,
  IndexNode,
  type PrefixChild,
  type PrefixIndex,
  type RangeIndex,
} from "./index-node.ts";
import type { Conjunction, Predicate, Scalar } from "./predicate.ts";
import { TextFilter } from "./text-filter.ts";

/** A conjunction on its way down the index: the predicates that no node above has answered. */
export interface Candidate {
  rank: number;
  predicates: Conjunction;
  /** At how many places its rule stands already. */
  copies: number;
}

type AccessPredicate = Extract<Predicate, { kind: "oneOf" | "range" | "prefix" }>;

/** So few are checked one by one. */
const smallGroup = 4;
const maximumDepth = 6;

/** A rule that stands at so many places is divided no further, lest lists within ranges fill the memory. */
const maximumCopies = 256;

/** The conjunctions that a node divides by the same field in the same way. */
interface Group {
  kind: AccessPredicate["kind"];
  slot: number;
  members: { predicate: AccessPredicate; rest: Candidate }[];
}

/** Something that is built step by step: between any two of them other work may be done. */
export type Steps<Result> = Generator<undefined, Result, undefined>;

/** A step deals with so many conjunctions: well below a millisecond. */
const stride = 256;

/** Builds the index over conjunctions. */
export function* buildIndex(candidates: readonly Candidate[]): Steps<IndexNode> {
  return yield* buildNode(candidates, 0);
}

function* buildBranch(candidates: readonly Candidate[], depth: number): Steps<Branch> {
  const isSmall = candidates.length <= smallGroup || depth === maximumDepth;
  if (!isSmall) return yield* buildNode(candidates, depth);
  return (yield* entriesOf(candidates)) ?? (yield* buildNode(candidates, depth));
}

function* buildNode(candidates: readonly Candidate[], depth: number): Steps<IndexNode> {
  const { unkeyed, groups } = yield* divide(candidates);
  const equalities: EqualityIndex[] = [];
  const ranges: RangeIndex[] = [];
  const prefixes: PrefixIndex[] = [];
  for (const group of groups) {
    if (group.kind === "oneOf") equalities.push(yield* buildEquality(group, depth));
    else if (group.kind === "prefix") prefixes.push(yield* buildPrefix(group, depth));
    else ranges.push(yield* buildRange(group, depth));
  }
  return new IndexNode({ entries: yield* entriesOf(unkeyed), equalities, ranges, prefixes });
}

function* entriesOf(candidates: readonly Candidate[]): Steps<Entry | null> {
  let entries: Entry | null = null;
  for (const [place, { rank, predicates }] of candidates.entries()) {
    if (place % stride === stride - 1) yield;
    entries = toEntry(rank, predicates, entries);
  }
  return entries;
}

/** Gives every conjunction the predicate by which it is found; those that have none are checked for every event. */
function* divide(candidates: readonly Candidate[]): Steps<{ unkeyed: Candidate[]; groups: Group[] }> {
  const usages = yield* countConstants(candidates);
  const groups = new Map<string, Group>();
  const unkeyed: Candidate[] = [];
  for (const [place, candidate] of candidates.entries()) {
    if (place % stride === stride - 1) yield;
    const predicate = cheapest(candidate, usages);
    if (!predicate) {
      unkeyed.push(candidate);
      continue;
    }
    const key = accessKey(predicate);
    const group = groups.get(key) ?? { kind: predicate.kind, slot: predicate.slot, members: [] };
    groups.set(key, group);
    group.members.push({ predicate, rest: without(candidate, predicate, usages) });
  }
  return { unkeyed, groups: [...groups.values()] };
}

function without(candidate: Candidate, answered: AccessPredicate, usages: Usages): Candidate {
  return {
    rank: candidate.rank,
    predicates: candidate.predicates.filter((predicate) => predicate !== answered),
    copies: candidate.copies * placesOf(answered, usages),
  };
}

/** At how many places an index puts a conjunction. */
function placesOf(predicate: AccessPredicate, usages: Usages): number {
  switch (predicate.kind) {
    case "oneOf":
      return predicate.values.length;
    case "prefix":
      return 1;
    case "range":
      return 2 * Math.ceil(Math.log2(2 + (usages.get(accessKey(predicate))?.constants.size ?? 0)));
  }
}

function accessKey(predicate: AccessPredicate): string {
  return `${predicate.kind} ${predicate.slot}`;
}

/** How a field is used in a group: by how many conjunctions, and with how many different constants. */
interface Usage {
  conjunctions: number;
  constants: Set<Scalar>;
}

type Usages = ReadonlyMap<string, Usage>;

function* countConstants(candidates: readonly Candidate[]): Steps<Usages> {
  const usages = new Map<string, Usage>();
  for (const [place, { predicates }] of candidates.entries()) {
    if (place % stride === stride - 1) yield;
    for (const predicate of predicates) {
      if (!isAccess(predicate)) continue;
      const key = accessKey(predicate);
      const usage = usages.get(key) ?? { conjunctions: 0, constants: new Set() };
      usages.set(key, usage);
      usage.conjunctions += 1;
      for (const constant of constantsOf(predicate)) usage.constants.add(constant);
    }
  }
  return usages;
}

function constantsOf(predicate: AccessPredicate): readonly Scalar[] {
  switch (predicate.kind) {
    case "oneOf":
      return predicate.values;
    case "prefix":
      return [predicate.prefix];
    case "range":
      return [predicate.low, predicate.high];
  }
}

function isAccess(predicate: Predicate): predicate is AccessPredicate {
  return predicate.kind === "oneOf" || predicate.kind === "range" || predicate.kind === "prefix";
}

function cheapest({ predicates, copies }: Candidate, usages: Usages): AccessPredicate | undefined {
  let best: AccessPredicate | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const predicate of predicates) {
    if (!isAccess(predicate)) continue;
    if (copies > 1 && copies * placesOf(predicate, usages) > maximumCopies) continue;
    const usage = usages.get(accessKey(predicate));
    const cost = usage ? costOf(predicate, usage) : Number.POSITIVE_INFINITY;
    if (cost < bestCost) {
      best = predicate;
      bestCost = cost;
    }
  }
  return best;
}

/** The share of events that it lets through, and what a look-up for few rules costs each event. */
function costOf(predicate: AccessPredicate, { conjunctions, constants }: Usage): number {
  const overhead = 2 / conjunctions;
  switch (predicate.kind) {
    case "oneOf":
      return predicate.values.length / (constants.size + 1) + overhead;
    case "prefix":
      return 1.5 / (constants.size + 1) + overhead;
    case "range":
      return 1 / (constants.size + 1) + overhead + 0.5;
  }
}

function* buildEquality({ slot, members }: Group, depth: number): Steps<EqualityIndex> {
  const lists = new Map<Scalar, Candidate[]>();
  let taken = 0;
  for (const { predicate, rest } of members) {
    for (const constant of constantsOf(predicate)) listAt(lists, constant).push(rest);
    taken += 1;
    if (taken % stride === 0) yield;
  }
  // At the root only: further down most look-ups succeed, and thousands of filters would crowd the caches.
  const filter = depth === 0 ? TextFilter.of(lists.keys()) : undefined;
  return { slot, children: yield* buildChildren(lists, depth), filter };
}

function* buildPrefix({ slot, members }: Group, depth: number): Steps<PrefixIndex> {
  const lists = new Map<string, Candidate[]>();
  for (const { predicate, rest } of members) {
    if (predicate.kind === "prefix") listAt(lists, predicate.prefix).push(rest);
  }
  const children = new Map<number, PrefixChild[]>();
  for (const [prefix, branch] of yield* buildChildren(lists, depth)) {
    const hash = hashText(prefix);
    children.set(hash, [...(children.get(hash) ?? []), { prefix, branch }]);
  }
  const lengths = new Set(Array.from(lists.keys(), (prefix) => prefix.length));
  return { slot, lengths: [...lengths].toSorted((a, b) => a - b), children };
}

function* buildRange({ slot, members }: Group, depth: number): Steps<RangeIndex> {
  const ranges = members.flatMap(({ predicate, rest }) =>
    predicate.kind === "range"
      ? [
          {
            from: { at: predicate.low, between: predicate.from },
            to: { at: nextUp(predicate.high), between: predicate.to },
            rest,
          },
        ]
      : [],
  );
  const sorted = sortBounds(ranges.flatMap(({ from, to }) => [from, to]));
  const bounds = Float64Array.from(sorted, ({ at }) => at);
  const boundsBetween = Float64Array.from(sorted, ({ between }) => between);
  const places = new Map(sorted.map((bound, index) => [keyOf(bound), index]));
  // A range without an upper bound covers the last interval too.
  const placeOf = (bound: Bound) =>
    bound.between === Number.POSITIVE_INFINITY ? bounds.length : (places.get(keyOf(bound)) ?? 0);
  const lists = new Map<number, Candidate[]>();
  let taken = 0;
  for (const { from, to, rest } of ranges) {
    const left = bounds.length + placeOf(from);
    const right = bounds.length + placeOf(to);
    for (const position of cover(left, right)) listAt(lists, position).push(rest);
    taken += 1;
    if (taken % stride === 0) yield;
  }
  const branches: (Branch | undefined)[] = Array.from({ length: bounds.length * 2 });
  for (const [position, list] of lists) branches[position] = yield* buildBranch(list, depth + 1);
  return { slot, bounds, boundsBetween, branches };
}

/** Where a range begins, or has ended: at which double, and above which double for numbers between two of them. */
interface Bound {
  at: number;
  between: number;
}

/** Each bound once, ascending by both: `between` is `at`, or the double before it. */
function sortBounds(bounds: readonly Bound[]): Bound[] {
  const distinct = new Map(bounds.map((bound) => [keyOf(bound), bound]));
  return [...distinct.values()].toSorted((a, b) => a.at - b.at || a.between - b.between);
}

function keyOf({ at, between }: Bound): number | string {
  // Most bounds are the same double for both.
  return at === between ? at : `${at} ${between}`;
}

/** The tree positions that together cover the leaves from `first` up to, not including, `end` (bottom up). */
function cover(first: number, end: number): number[] {
  const positions: number[] = [];
  let left = first;
  let right = end;
  while (left < right) {
    if (left % 2 === 1) positions.push(left++);
    if (right % 2 === 1) positions.push(--right);
    left >>= 1;
    right >>= 1;
  }
  return positions;
}

function listAt<Key>(lists: Map<Key, Candidate[]>, key: Key): Candidate[] {
  const known = lists.get(key);
  if (known) return known;
  const list: Candidate[] = [];
  lists.set(key, list);
  return list;
}

function* buildChildren<Key>(lists: ReadonlyMap<Key, Candidate[]>, depth: number): Steps<Map<Key, Branch>> {
  const children = new Map<Key, Branch>();
  for (const [key, list] of lists) {
    children.set(key, yield* buildBranch(list, depth + 1));
    if (children.size % stride === 0) yield;
  }
  return children;
}
