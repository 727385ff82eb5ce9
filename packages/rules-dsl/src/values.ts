import { formatDuration, parseInstant } from "./dates.ts";
import { calculateDecimals, compareDecimals, Decimal, parseDecimal } from "./decimal.ts";
import { isRawNumber, readNumber } from "./exact-number.ts";
import type { ArithmeticOperator, ComparisonOperator } from "./vocabulary.ts";

/** A point in time. */
export class Instant {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  /** ISO 8601 in UTC. */
  toJSON(): string {
    return new Date(this.milliseconds).toISOString();
  }
}

/** A length of time. */
export class Duration {
  readonly milliseconds: number;

  constructor(milliseconds: number) {
    this.milliseconds = milliseconds;
  }

  /** `1h30m`. */
  toJSON(): string {
    return formatDuration(this.milliseconds);
  }
}

/** What an operand can be; `object` is a list or an object of the payload, undefined is unknown. */
export type Value = string | number | boolean | Instant | Duration | Decimal | object | undefined;

/** True, false, or undefined for unknown. */
export type Kleene = boolean | undefined;

/** Milliseconds on either side of 1970 that a date can hold (ECMAScript time values). */
const maximumInstant = 8.64e15;

/**
 * The value of a field as the language sees it: null, NaN and what JSON does not know are missing, a number whose digits a
 * double does not hold is a decimal.
 */
export function toValue(raw: unknown): Value {
  switch (typeof raw) {
    case "string":
    case "boolean":
      return raw;
    case "number":
      return Number.isNaN(raw) ? undefined : raw;
    case "object":
      if (raw === null) return undefined;
      return isRawNumber(raw) ? readNumber(raw.rawJSON) : raw;
    default:
      return undefined;
  }
}

/**
 * Kleene's equality. Values of two types are different, not unknown; a list or an object equals nothing that the
 * language can write, so comparing one is unknown.
 */
export function isEqual(left: Value, right: Value): Kleene {
  if (left === undefined || right === undefined) return undefined;
  if (typeof left !== "object" && typeof right !== "object") return left === right;
  if (isStructure(left) || isStructure(right)) return undefined;
  const order = compare(left, right);
  return order === undefined ? false : order === 0;
}

/** The truth of `left operator right`. */
export function compareBy(operator: ComparisonOperator, left: Value, right: Value): Kleene {
  if (operator === "==") return isEqual(left, right);
  if (operator === "!=") return negate(isEqual(left, right));
  const order = compare(left, right);
  if (order === undefined) return undefined;
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
  }
}

/** Negative, zero or positive; undefined where the two have no order. Text goes by UTF-16 units. */
function compare(left: Value, right: Value): number | undefined {
  if (typeof left === "number" && typeof right === "number") return sign(left, right);
  if (typeof left === "string" && typeof right === "string") return sign(left, right);
  if (left instanceof Instant || right instanceof Instant) return compareInstants(left, right);
  if (left instanceof Duration && right instanceof Duration)
    return sign(left.milliseconds, right.milliseconds);
  if (left instanceof Decimal || right instanceof Decimal) {
    const a = toDecimal(left);
    const b = toDecimal(right);
    return a && b && compareDecimals(a, b);
  }
  return undefined;
}

function sign<Ordered extends number | string>(left: Ordered, right: Ordered): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

/** JSON has no dates: beside a date, a text is read as one. */
function compareInstants(left: Value, right: Value): number | undefined {
  const a = toMilliseconds(left);
  const b = toMilliseconds(right);
  return a === undefined || b === undefined ? undefined : sign(a, b);
}

function toMilliseconds(value: Value): number | undefined {
  if (value instanceof Instant) return value.milliseconds;
  return typeof value === "string" ? parseInstant(value) : undefined;
}

function toDecimal(value: Value): Decimal | undefined {
  if (value instanceof Decimal) return value;
  return typeof value === "number" ? parseDecimal(value) : undefined;
}

function isStructure(value: Value): boolean {
  return (
    typeof value === "object" &&
    !(value instanceof Instant || value instanceof Duration || value instanceof Decimal)
  );
}

/** Kleene's not. */
export function negate(truth: Kleene): Kleene {
  return truth === undefined ? undefined : !truth;
}

/** The result of an arithmetic operator; unknown where the types do not fit or the result is not finite. */
export function calculate(operator: ArithmeticOperator, left: Value, right: Value): Value {
  if (typeof left === "number" && typeof right === "number") return calculateNumbers(operator, left, right);
  if (left instanceof Decimal || right instanceof Decimal) {
    const a = toDecimal(left);
    const b = toDecimal(right);
    return a && b && calculateDecimals(operator, a, b);
  }
  return calculateTimes(operator, left, right);
}

function calculateNumbers(operator: ArithmeticOperator, left: number, right: number): number | undefined {
  const result = applyOperator(operator, left, right);
  return Number.isFinite(result) ? result : undefined;
}

function applyOperator(operator: ArithmeticOperator, left: number, right: number): number {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
  }
}

function calculateTimes(operator: ArithmeticOperator, left: Value, right: Value): Value {
  if (operator === "+" || operator === "-") return shiftTime(operator, left, right);
  if (left instanceof Duration && typeof right === "number") {
    return operator === "%" ? undefined : toDuration(applyOperator(operator, left.milliseconds, right));
  }
  if (left instanceof Duration && right instanceof Duration && operator === "/") {
    return calculateNumbers("/", left.milliseconds, right.milliseconds);
  }
  if (typeof left === "number" && right instanceof Duration && operator === "*") {
    return toDuration(left * right.milliseconds);
  }
  return undefined;
}

function shiftTime(operator: "+" | "-", left: Value, right: Value): Value {
  if (left instanceof Instant && right instanceof Instant) {
    return operator === "-" ? toDuration(left.milliseconds - right.milliseconds) : undefined;
  }
  if (left instanceof Duration && right instanceof Duration) {
    return toDuration(applyOperator(operator, left.milliseconds, right.milliseconds));
  }
  if (left instanceof Instant && right instanceof Duration) {
    return toInstant(applyOperator(operator, left.milliseconds, right.milliseconds));
  }
  if (left instanceof Duration && right instanceof Instant && operator === "+") {
    return toInstant(left.milliseconds + right.milliseconds);
  }
  return undefined;
}

function toInstant(milliseconds: number): Instant | undefined {
  return Math.abs(milliseconds) <= maximumInstant ? new Instant(milliseconds) : undefined;
}

function toDuration(milliseconds: number): Duration | undefined {
  return Number.isFinite(milliseconds) ? new Duration(milliseconds) : undefined;
}

/** Unary minus: numbers, decimals and durations. */
export function negateValue(value: Value): Value {
  if (typeof value === "number") return 0 - value;
  if (value instanceof Decimal) return new Decimal(-value.coefficient, value.scale);
  return value instanceof Duration ? new Duration(0 - value.milliseconds) : undefined;
}
