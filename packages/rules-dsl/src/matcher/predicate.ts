import type { Scope } from "../interpret.ts";
import type { Value } from "../values.ts";

/** The event's values, by slot. */
export type SlotValues = readonly Value[];

/** A constant that an index can look up. */
export type Scalar = string | number | boolean;

/** A predicate over one field. All predicates are true or not: unknown counts as not true. */
export type FieldPredicate =
  | { kind: "oneOf"; slot: number; values: readonly Scalar[] }
  | { kind: "range"; slot: number; low: number; high: number }
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
      return typeof value === "number" && value >= predicate.low && value <= predicate.high;
    case "prefix":
      return typeof value === "string" && value.startsWith(predicate.prefix);
    case "field":
      return predicate.test(value);
  }
}

/** True for texts, numbers and truth values. */
export function isScalar(value: Value): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
