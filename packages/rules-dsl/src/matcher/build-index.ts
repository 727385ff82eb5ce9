import { toChecks } from "./check.ts";
import { nextUp } from "./doubles.ts";
import {
  type Entry,
  type EqualityIndex,
  hashText,
  IndexNode,
  type PrefixChild,
  type PrefixIndex,
  type RangeIndex,
} from "./index-node.ts";
import type { Conjunction, Predicate, Scalar } from "./predicate.ts";

/** A conjunction on its way down the index: the predicates that no node above has answered. */
export class Candidate {
  readonly rank: number;
  readonly predicates: Conjunction;
  #entry: Entry | undefined;

  constructor(rank: number, predicates: Conjunction) {
    this.rank = rank;
    this.predicates = predicates;
  }

  /** Made once, however many nodes it stands at. */
  get entry(): Entry {
    this.#entry ??= { rank: this.rank, checks: toChecks(this.predicates) };
    return this.#entry;
  }

  /** What remains when one predicate is answered. */
  without(answered: Predicate): Candidate {
    return new Candidate(
      this.rank,
      this.predicates.filter((predicate) => predicate !== answered),
    );
  }
}

type AccessPredicate = Extract<Predicate, { kind: "oneOf" | "range" | "prefix" }>;

/** So few are checked one by one. */
const smallGroup = 4;
const maximumDepth = 6;

/** The conjunctions that a node divides by the same field in the same way. */
interface Group {
  kind: AccessPredicate["kind"];
  slot: number;
  members: { predicate: AccessPredicate; rest: Candidate }[];
}

/** Builds the index over conjunctions. */
export function buildIndex(candidates: readonly Candidate[], depth = 0): IndexNode {
  if (candidates.length <= smallGroup || depth === maximumDepth) return leafOf(candidates);
  const { entries, groups } = divide(candidates);
  const equalities: EqualityIndex[] = [];
  const ranges: RangeIndex[] = [];
  const prefixes: PrefixIndex[] = [];
  for (const group of groups) {
    if (group.kind === "oneOf") equalities.push(buildEquality(group, depth));
    else if (group.kind === "prefix") prefixes.push(buildPrefix(group, depth));
    else ranges.push(buildRange(group, depth));
  }
  return new IndexNode(entries, equalities, ranges, prefixes);
}

function leafOf(candidates: readonly Candidate[]): IndexNode {
  return new IndexNode(candidates.map((candidate) => candidate.entry));
}

/** Gives every conjunction the predicate by which it is found; those that have none are checked for every event. */
function divide(candidates: readonly Candidate[]): { entries: Entry[]; groups: Group[] } {
  const constants = countConstants(candidates);
  const groups = new Map<string, Group>();
  const entries: Entry[] = [];
  for (const candidate of candidates) {
    const predicate = cheapest(candidate.predicates, constants);
    if (!predicate) {
      entries.push(candidate.entry);
      continue;
    }
    const key = accessKey(predicate);
    const group = groups.get(key) ?? { kind: predicate.kind, slot: predicate.slot, members: [] };
    groups.set(key, group);
    group.members.push({ predicate, rest: candidate.without(predicate) });
  }
  return { entries, groups: [...groups.values()] };
}

function accessKey(predicate: AccessPredicate): string {
  return `${predicate.kind} ${predicate.slot}`;
}

/** How a field is used in a group: by how many conjunctions, and with how many different constants. */
interface Usage {
  conjunctions: number;
  constants: Set<Scalar>;
}

function countConstants(candidates: readonly Candidate[]): Map<string, Usage> {
  const usages = new Map<string, Usage>();
  for (const { predicates } of candidates) {
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

function cheapest(
  predicates: readonly Predicate[],
  usages: ReadonlyMap<string, Usage>,
): AccessPredicate | undefined {
  let best: AccessPredicate | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const predicate of predicates) {
    if (!isAccess(predicate)) continue;
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

function buildEquality({ slot, members }: Group, depth: number): EqualityIndex {
  const lists = new Map<Scalar, Candidate[]>();
  for (const { predicate, rest } of members) {
    for (const constant of constantsOf(predicate)) listAt(lists, constant).push(rest);
  }
  return { slot, children: buildChildren(lists, depth) };
}

function buildPrefix({ slot, members }: Group, depth: number): PrefixIndex {
  const lists = new Map<string, Candidate[]>();
  for (const { predicate, rest } of members) {
    if (predicate.kind === "prefix") listAt(lists, predicate.prefix).push(rest);
  }
  const children = new Map<number, PrefixChild[]>();
  for (const [prefix, node] of buildChildren(lists, depth)) {
    const hash = hashText(prefix);
    children.set(hash, [...(children.get(hash) ?? []), { prefix, node }]);
  }
  const maximumLength = Math.max(...Array.from(lists.keys(), (prefix) => prefix.length));
  return { slot, maximumLength, children };
}

function buildRange({ slot, members }: Group, depth: number): RangeIndex {
  const ranges = members.flatMap(({ predicate, rest }) =>
    predicate.kind === "range" ? [{ from: predicate.low, to: nextUp(predicate.high), rest }] : [],
  );
  const bounds = Float64Array.from(new Set(ranges.flatMap(({ from, to }) => [from, to]))).toSorted();
  const lists = new Map<number, Candidate[]>();
  for (const { from, to, rest } of ranges) {
    for (const position of cover(bounds, from, to)) listAt(lists, position).push(rest);
  }
  const nodes: (IndexNode | undefined)[] = Array.from({ length: bounds.length * 2 });
  for (const [position, list] of lists) nodes[position] = buildIndex(list, depth + 1);
  return { slot, bounds, nodes };
}

/** The tree positions that together cover a range, none of them twice (segment tree, bottom up). */
function cover(bounds: Float64Array, from: number, to: number): number[] {
  const positions: number[] = [];
  let left = bounds.length + bounds.indexOf(from);
  // A range without an upper bound covers the last interval too.
  let right = bounds.length + (to === Number.POSITIVE_INFINITY ? bounds.length : bounds.indexOf(to));
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

function buildChildren<Key>(lists: ReadonlyMap<Key, Candidate[]>, depth: number): Map<Key, IndexNode> {
  return new Map(Array.from(lists, ([key, list]) => [key, buildIndex(list, depth + 1)]));
}
