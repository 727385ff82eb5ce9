import type { Scalar } from "./leaf.ts";
import type { Value } from "../values.ts";

/** The event's values, by slot. */
export type SlotValues = readonly Value[];

/** What an index can be built over, and what it cannot. All are true or not: unknown counts as not true. */
export type Predicate =
  | { kind: "oneOf"; slot: number; values: readonly Scalar[] }
  | { kind: "range"; slot: number; low: number; high: number }
  | { kind: "prefix"; slot: number; prefix: string }
  | { kind: "field"; slot: number; test: (value: Value) => boolean }
  | { kind: "residual"; test: (values: SlotValues) => boolean };

/** Predicates that must all be true. */
export type Conjunction = readonly Predicate[];

/** Whether a predicate over one field is true of a value. */
export function holds(predicate: Exclude<Predicate, { kind: "residual" }>, value: Value): boolean {
  switch (predicate.kind) {
    case "oneOf":
      return predicate.values.includes(value as Scalar);
    case "range":
      return typeof value === "number" && value >= predicate.low && value <= predicate.high;
    case "prefix":
      return typeof value === "string" && value.startsWith(predicate.prefix);
    case "field":
      return predicate.test(value);
  }
}
