/**
 * A number whose digits a double does not hold, as it was written. `JSON.stringify` writes it as it is, a rule computes with
 * it exactly. It never leaves the process but as JSON: a structured clone of it is an object like any other.
 */
export interface ExactNumber {
  readonly rawJSON: string;
}

/**
 * What Node.js has and TypeScript does not know yet.
 * https://tc39.es/proposal-json-parse-with-source/
 */
interface JsonWithSource {
  parse(
    text: string,
    reviver: (name: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): ExactNumber;
  isRawJSON(value: unknown): value is ExactNumber;
}

const json = JSON as unknown as JsonWithSource;

/** Whether a value is a number that is kept as it was written. */
export function isExactNumber(value: unknown): value is ExactNumber {
  return json.isRawJSON(value);
}

/**
 * Parses JSON; numbers that a double does not hold to the digit become {@link ExactNumber}s, those beyond what it can
 * hold at all among them.
 * @throws SyntaxError
 */
export function parseExactly(text: string): unknown {
  return json.parse(text, (_name, value, { source }) =>
    typeof value === "number" && source !== undefined && !isHeld(value, source)
      ? json.rawJSON(source)
      : value,
  );
}

/** Whether a double's shortest spelling means the number that was written. */
function isHeld(value: number, source: string): boolean {
  const shortest = String(value);
  return shortest === source || canonicalNumber(shortest) === canonicalNumber(source);
}

const notation = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** One spelling for all that mean the same number: 100, 1e2 and 100.00 are `1e2`. What is no number stays as it is. */
export function canonicalNumber(text: string): string {
  const parts = notation.exec(text);
  if (!parts) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = withoutZerosBefore(whole + fraction);
  const significant = withoutZerosBehind(digits);
  if (significant === "") return "0";
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`;
}

// Loops, since an expression that ends with `0+$` takes the square of its time on zeros in the middle.

function withoutZerosBefore(digits: string): string {
  let start = 0;
  while (digits[start] === "0") start += 1;
  return digits.slice(start);
}

function withoutZerosBehind(digits: string): string {
  let end = digits.length;
  while (digits[end - 1] === "0") end -= 1;
  return digits.slice(0, end);
}

/** A number as it is answered: `JSON.stringify` writes its digits, whatever copies it before. */
class WrittenNumber {
  readonly digits: string;

  constructor(digits: string) {
    this.digits = digits;
  }

  toJSON(): ExactNumber {
    return json.rawJSON(this.digits);
  }
}

/**
 * Parses JSON that is to be written again and nothing else: digits stay through tRPC's serialiser too, which would copy
 * an {@link ExactNumber} as an object.
 */
export function parseToWrite(text: string): unknown {
  return json.parse(text, (_name, value, { source }) =>
    typeof value === "number" && source !== undefined && !isHeld(value, source)
      ? new WrittenNumber(source)
      : value,
  );
}

/** So many digits, or an exponent: only then a double may not hold a number. It may stand in a text as well. */
const maybeExact = /[\d.]{16}|\d[eE]/;

/** Whether a value holds a number that is kept as it was written. @param text its JSON */
export function holdsExactNumbers(value: unknown, text: string): boolean {
  return maybeExact.test(text) && hasExactNumber(value);
}

function hasExactNumber(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  return isExactNumber(value) || Object.values(value).some(hasExactNumber);
}

/** The nearest double, for what can hold no more. */
export function roundedNumber({ rawJSON }: ExactNumber): number {
  return Number(rawJSON);
}
