import { compareDecimals, type Decimal, parseDecimal } from "./decimal.ts";
import { nextDown } from "./matcher/doubles.ts";

/** A number of a payload whose digits a double does not hold: what JSON.rawJSON made of it. */
interface RawNumber {
  readonly rawJSON: string;
}

/** What Node.js has and TypeScript does not know yet. */
const json = JSON as unknown as { isRawJSON(value: unknown): value is RawNumber };

/** Whether a value of a payload is a number that is kept as it was written. */
export function isRawNumber(value: unknown): value is RawNumber {
  return json.isRawJSON(value);
}

/** The number that digits mean: a double where it holds it to the digit, else an exact one. Undefined for no number. */
export function readNumber(text: string): number | Decimal | undefined {
  const double = Number(text);
  if (String(double) === text) return double;
  const exact = parseDecimal(text);
  if (!exact) return undefined;
  const held = parseDecimal(double);
  return held && compareDecimals(held, exact) === 0 ? double : exact;
}

/** The greatest double that a number lies above which is none itself. */
export function doubleBelow(exact: Decimal): number {
  const nearest = Number(exact.toString());
  const held = parseDecimal(nearest);
  return held && compareDecimals(held, exact) < 0 ? nearest : nextDown(nearest);
}
