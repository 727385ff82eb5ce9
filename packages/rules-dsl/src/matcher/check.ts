import type { Scope } from "../interpret.ts";
import type { Value } from "../values.ts";
import type { Predicate, Scalar, SlotValues } from "./predicate.ts";

const operations = { equal: 0, oneOf: 1, range: 2, prefix: 3, field: 4, residual: 5 } as const;

const noTest = () => false;

/** A predicate laid out for speed: every check has the same shape, whatever it tests. */
export class Check {
  readonly operation: number;
  readonly slot: number;
  readonly value: Scalar;
  readonly low: number;
  readonly high: number;
  readonly values: ReadonlySet<Value> | null;
  readonly testField: (value: Value) => boolean;
  readonly testEvent: (values: SlotValues, scope: Scope) => boolean;

  constructor(predicate: Predicate) {
    const isSingle = predicate.kind === "oneOf" && predicate.values.length === 1;
    this.operation = isSingle ? operations.equal : operations[predicate.kind];
    this.slot = predicate.kind === "residual" ? -1 : predicate.slot;
    this.value = valueOf(predicate);
    this.low = predicate.kind === "range" ? predicate.low : 0;
    this.high = predicate.kind === "range" ? predicate.high : 0;
    this.values = predicate.kind === "oneOf" && !isSingle ? new Set<Value>(predicate.values) : null;
    this.testField = predicate.kind === "field" ? predicate.test : noTest;
    this.testEvent = predicate.kind === "residual" ? predicate.test : noTest;
  }

  /** Whether the predicate is true of an event. */
  isTrue(values: SlotValues, scope: Scope): boolean {
    const value = values[this.slot];
    switch (this.operation) {
      case operations.equal:
        return value === this.value;
      case operations.range:
        return typeof value === "number" && value >= this.low && value <= this.high;
      case operations.oneOf:
        return this.values?.has(value) ?? false;
      case operations.prefix:
        return typeof value === "string" && value.startsWith(this.value as string);
      case operations.field:
        return this.testField(value);
      default:
        return this.testEvent(values, scope);
    }
  }
}

function valueOf(predicate: Predicate): Scalar {
  if (predicate.kind === "prefix") return predicate.prefix;
  return predicate.kind === "oneOf" ? (predicate.values[0] ?? "") : "";
}

/** The cheap checks first. */
export function toChecks(predicates: readonly Predicate[]): Check[] {
  return predicates.map((predicate) => new Check(predicate)).toSorted((a, b) => a.operation - b.operation);
}
