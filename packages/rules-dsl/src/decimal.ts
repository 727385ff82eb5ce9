import { conditionLimits } from "./limits.ts";

/** Places kept by a division that does not come out even. */
const divisionPlaces = 20;

const notation = /^(-?)(\d{1,400})(?:\.(\d{1,400}))?(?:[eE]([+-]?\d{1,9}))?$/;

/** An exact decimal number: `coefficient / 10 ** scale`. */
export class Decimal {
  readonly coefficient: bigint;
  readonly scale: number;

  constructor(coefficient: bigint, scale: number) {
    this.coefficient = coefficient;
    this.scale = scale;
  }

  /** Plain notation, without trailing zeros after the point. */
  toString(): string {
    const digits = (this.coefficient < 0n ? -this.coefficient : this.coefficient)
      .toString()
      .padStart(this.scale + 1, "0");
    const whole = digits.slice(0, digits.length - this.scale);
    const fraction = digits.slice(digits.length - this.scale).replace(/0+$/, "");
    return `${this.coefficient < 0n ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
  }

  /** A JSON document shows it as its text. */
  toJSON(): string {
    return this.toString();
  }
}

/**
 * Reads `123.45`, `-0.001` or `1.5e-7`; undefined for anything else. A number is taken by its shortest
 * spelling, so 0.1 is one tenth and not the double beside it.
 */
export function parseDecimal(value: string | number): Decimal | undefined {
  const parts = notation.exec(String(value));
  if (!parts) return undefined;
  const [, sign = "", whole = "0", fraction = "", exponent = "0"] = parts;
  const coefficient = BigInt(whole + fraction) * (sign === "-" ? -1n : 1n);
  const scale = fraction.length - Number(exponent);
  if (Math.abs(scale) > 800) return undefined;
  return scale >= 0 ? new Decimal(coefficient, scale) : new Decimal(coefficient * 10n ** BigInt(-scale), 0);
}

/** Both coefficients at the larger scale. */
function align(left: Decimal, right: Decimal): [bigint, bigint, number] {
  const scale = Math.max(left.scale, right.scale);
  const lift = (value: Decimal) => value.coefficient * 10n ** BigInt(scale - value.scale);
  return [lift(left), lift(right), scale];
}

/** Negative, zero or positive, as left is less than, equal to or greater than right. */
export function compareDecimals(left: Decimal, right: Decimal): number {
  const [a, b] = align(left, right);
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** More digits than a number may have: computing on with it would cost more and more. */
function isTooLong({ coefficient, scale }: Decimal): boolean {
  return scale > conditionLimits.decimalDigits || coefficient >= beyond || coefficient <= -beyond;
}

const beyond = 10n ** BigInt(conditionLimits.decimalDigits);

/**
 * Exact, except that a division keeps 20 places, half to even. Undefined for a division by zero, and for a result of more
 * digits than {@link conditionLimits} allows.
 */
export function calculateDecimals(
  operator: "+" | "-" | "*" | "/" | "%",
  left: Decimal,
  right: Decimal,
): Decimal | undefined {
  const result = calculateExactly(operator, left, right);
  return result && !isTooLong(result) ? result : undefined;
}

function calculateExactly(
  operator: "+" | "-" | "*" | "/" | "%",
  left: Decimal,
  right: Decimal,
): Decimal | undefined {
  const [a, b, scale] = align(left, right);
  switch (operator) {
    case "+":
      return new Decimal(a + b, scale);
    case "-":
      return new Decimal(a - b, scale);
    case "*":
      return new Decimal(left.coefficient * right.coefficient, left.scale + right.scale);
    case "/":
      return b === 0n ? undefined : divide(a, b);
    case "%":
      return b === 0n ? undefined : new Decimal(a % b, scale);
  }
}

function divide(dividend: bigint, divisor: bigint): Decimal {
  const isNegative = dividend < 0n !== divisor < 0n;
  const numerator = (dividend < 0n ? -dividend : dividend) * 10n ** BigInt(divisionPlaces);
  const denominator = divisor < 0n ? -divisor : divisor;
  const quotient = numerator / denominator;
  const twiceRest = (numerator % denominator) * 2n;
  const roundUp = twiceRest > denominator || (twiceRest === denominator && quotient % 2n === 1n);
  const rounded = roundUp ? quotient + 1n : quotient;
  return new Decimal(isNegative ? -rounded : rounded, divisionPlaces);
}
