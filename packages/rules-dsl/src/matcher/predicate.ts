import type { Scope } from "../interpret.ts";
import { Decimal } from "../decimal.ts";
import { doubleBelow } from "../exact-number.ts";
import type { Value } from "../values.ts";

/** The event's values, by slot. */
export type SlotValues = readonly Value[];

/** A constant that an index can look up. */
export type Scalar = string | number | boolean;

/** Numbers from one to another. */
export interface RangePredicate {
  kind: "range";
  slot: number;
  /** The first and last double. */
  low: number;
  high: number;
  /** The bounds as they were written: a number between two doubles is in it if the one below is from `from` up to, not including, `to`. */
  from: number;
  to: number;
}

/** A predicate over one field. All predicates are true or not: unknown counts as not true. */
export type FieldPredicate =
  | { kind: "oneOf"; slot: number; values: readonly Scalar[] }
  | RangePredicate
  | { kind: "prefix"; slot: number; prefix: string }
  | { kind: "field"; slot: number; test: (value: Value) => boolean };

/** What no index looks into: arithmetic, functions, field against field, and disjunctions that grew too large. */
export interface ResidualPredicate {
  kind: "residual";
  test: (values: SlotValues, scope: Scope) => boolean;
}

export type Predicate = FieldPredicate | ResidualPredicate;

/** Predicates that must all be true. */
export type Conjunction = readonly Predicate[];

/** Whether a predicate over one field is true of a value. */
export function holds(predicate: FieldPredicate, value: Value): boolean {
  switch (predicate.kind) {
    case "oneOf":
      return isScalar(value) && predicate.values.includes(value);
    case "range":
      return isInRange(predicate, value);
    case "prefix":
      return typeof value === "string" && value.startsWith(predicate.prefix);
    case "field":
      return predicate.test(value);
  }
}

function isInRange({ low, high, from, to }: RangePredicate, value: Value): boolean {
  if (typeof value === "number") return value >= low && value <= high;
  if (!(value instanceof Decimal)) return false;
  const below = doubleBelow(value);
  return below >= from && below < to;
}

/** What lies in both of two ranges of one field. */
export function intersect(one: RangePredicate, other: RangePredicate): RangePredicate {
  const { kind, slot } = one;
  return {
    ...{ kind, slot },
    low: Math.max(one.low, other.low),
    high: Math.min(one.high, other.high),
    from: Math.max(one.from, other.from),
    to: Math.min(one.to, other.to),
  };
}

/** Whether no number lies in a range: no double, and none between two of them. */
export function isEmpty({ low, high, from, to }: RangePredicate): boolean {
  return low > high && from >= to;
}

/** True for texts, numbers and truth values. */
export function isScalar(value: Value): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
