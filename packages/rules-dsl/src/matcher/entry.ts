import type { Scope } from "../interpret.ts";
import type { Value } from "../values.ts";
import { type Conjunction, holds, type Predicate, type Scalar, type SlotValues } from "./predicate.ts";

/** What an entry tests; the cheap ones first. */
const always = 0;
const equal = 1;
const range = 2;
const oneOf = 3;
const prefix = 4;
const test = 5;

const never = () => false;

/**
 * A predicate at a place of the index, laid out for speed: one shape whatever it tests, and chained by pointers, since
 * at ten thousand rules it is the memory that is slow and not the processor.
 */
export class Entry {
  readonly isLeaf = true;
  /** The rule's place in the order of the answer. */
  readonly rank: number;
  /** What must be true too. */
  readonly also: Entry | null;
  /** The next conjunction at the same place of the index. */
  readonly next: Entry | null;
  readonly operation: number;
  readonly slot: number;
  readonly value: Scalar;
  readonly low: number;
  readonly high: number;
  readonly members: ReadonlySet<Value> | null;
  readonly test: (values: SlotValues, scope: Scope) => boolean;

  constructor(rank: number, predicate: Predicate | undefined, also: Entry | null, next: Entry | null) {
    this.rank = rank;
    this.also = also;
    this.next = next;
    this.operation = predicate ? operationOf(predicate) : always;
    this.slot = predicate && predicate.kind !== "residual" ? predicate.slot : 0;
    this.value = predicate ? valueOf(predicate) : "";
    this.low = predicate?.kind === "range" ? predicate.low : 0;
    this.high = predicate?.kind === "range" ? predicate.high : 0;
    this.members = this.operation === oneOf && predicate?.kind === "oneOf" ? new Set(predicate.values) : null;
    this.test = predicate ? testOf(predicate) : never;
  }

  /** Whether the predicate is true of an event. */
  holds(values: SlotValues, scope: Scope): boolean {
    const value = values[this.slot];
    switch (this.operation) {
      case always:
        return true;
      case equal:
        return value === this.value;
      case range:
        if (typeof value === "number") return value >= this.low && value <= this.high;
        return typeof value === "object" && this.test(values, scope);
      case oneOf:
        return this.members?.has(value) === true;
      case prefix:
        return typeof value === "string" && typeof this.value === "string" && value.startsWith(this.value);
      default:
        return this.test(values, scope);
    }
  }
}

function operationOf(predicate: Predicate): number {
  switch (predicate.kind) {
    case "oneOf":
      return predicate.values.length === 1 ? equal : oneOf;
    case "range":
      return range;
    case "prefix":
      return prefix;
    case "field":
    case "residual":
      return test;
  }
}

function valueOf(predicate: Predicate): Scalar {
  if (predicate.kind === "prefix") return predicate.prefix;
  return predicate.kind === "oneOf" ? (predicate.values[0] ?? "") : "";
}

function testOf(predicate: Predicate): Entry["test"] {
  if (predicate.kind === "residual") return predicate.test;
  // What is no double may be a decimal.
  if (predicate.kind === "range") return (values) => holds(predicate, values[predicate.slot]);
  if (predicate.kind !== "field") return never;
  const { slot, test: testValue } = predicate;
  return (values) => testValue(values[slot]);
}

/** The entry of a conjunction, before those that stand at the same place already. */
export function toEntry(rank: number, predicates: Conjunction, next: Entry | null): Entry {
  const [first, ...others] = predicates.toSorted((a, b) => operationOf(a) - operationOf(b));
  const also = others.reduceRight<Entry | null>(
    (chain, predicate) => new Entry(rank, predicate, chain, null),
    null,
  );
  return new Entry(rank, first, also, next);
}
