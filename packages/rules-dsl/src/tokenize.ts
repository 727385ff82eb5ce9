import { parseDuration } from "./dates.ts";
import type { Decimal } from "./decimal.ts";
import { InvalidConditionError, positionAt, type Problem } from "./errors.ts";
import { readNumber as readExactly } from "./exact-number.ts";

/** A word or sign of a condition. `offset` to `end` is its place in the source. */
export type Token = { offset: number; end: number } & (
  | { kind: "word"; text: string }
  | { kind: "symbol"; text: string }
  | { kind: "number"; value: number | Decimal }
  | { kind: "string"; value: string }
  | { kind: "instant"; milliseconds: number }
  | { kind: "duration"; milliseconds: number }
  | { kind: "end" }
);

const space = /[ \t\r\n]+/y;
const word = /[\p{ID_Start}_$][\p{ID_Continue}$]*/uy;
const date = /\d{4}-\d{2}-\d{2}(?:[Tt][0-9:.]*(?:[Zz]|[+-]\d{2}:?\d{2})?)?(?![\w.])/y;
const duration = /(?:\d+(?:\.\d+)?(?:ms|[wdhms]))+(?![\p{ID_Continue}$])/uy;
const number = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const symbol = /==|!=|<=|>=|&&|\|\||[<>!()[\],.+\-*/%]/y;

type DateReader = (text: string) => number | undefined;

const escapes: Readonly<Record<string, string>> = {
  "\\": "\\",
  "/": "/",
  '"': '"',
  "'": "'",
  n: "\n",
  r: "\r",
  t: "\t",
  b: "\b",
  f: "\f",
};

/** What people write for our signs. */
const misspelt: Readonly<Record<string, string>> = {
  "===": "==",
  "!==": "!=",
  "=": "==",
  "<>": "!=",
  "=>": ">=",
  "=<": "<=",
  "&": "&&",
  "|": "||",
};
const misspeltSymbol = /===|!==|<>|=>|=<|[=&|]/y;

/**
 * The tokens of a condition, the last one of kind `end`.
 * @param readDate milliseconds since 1970 of a date; undefined where it is none that is taken
 * @throws InvalidConditionError on a character, text, number, date or duration that the language does not know
 */
export function tokenize(source: string, readDate: DateReader): Token[] {
  const tokens: Token[] = [];
  let offset = skipSpace(source, 0);
  while (offset < source.length) {
    const token = readToken(source, offset, readDate);
    tokens.push(token);
    offset = skipSpace(source, token.end);
  }
  tokens.push({ kind: "end", offset: source.length, end: source.length });
  return tokens;
}

/** The text that an expression finds exactly at an offset. */
function textAt(expression: RegExp, source: string, offset: number): string | undefined {
  expression.lastIndex = offset;
  return expression.exec(source)?.[0];
}

function skipSpace(source: string, offset: number): number {
  return offset + (textAt(space, source, offset)?.length ?? 0);
}

function readToken(source: string, offset: number, readDate: DateReader): Token {
  const first = source[offset] ?? "";
  if (first === '"' || first === "'") return readString(source, offset, first);
  if (first >= "0" && first <= "9") return readNumeral(source, offset, readDate);
  const wordText = textAt(word, source, offset);
  if (wordText !== undefined) return { kind: "word", text: wordText, offset, end: offset + wordText.length };
  const wrong = textAt(misspeltSymbol, source, offset);
  const symbolText = textAt(symbol, source, offset);
  if (symbolText !== undefined && (wrong === undefined || wrong.length <= symbolText.length)) {
    return { kind: "symbol", text: symbolText, offset, end: offset + symbolText.length };
  }
  const found = wrong ?? String.fromCodePoint(source.codePointAt(offset) ?? 0);
  const suggestion = wrong === undefined ? undefined : misspelt[wrong];
  return refuse(source, offset, {
    message: `${quote(found)} means nothing in a condition`,
    found,
    expected: suggestion === undefined ? ["a field", "a value", "an operator"] : [suggestion],
    ...(suggestion === undefined ? {} : { suggestion }),
  });
}

function readNumeral(source: string, offset: number, readDate: DateReader): Token {
  const dateText = textAt(date, source, offset);
  if (dateText !== undefined) {
    const milliseconds = readDate(dateText);
    if (milliseconds !== undefined)
      return { kind: "instant", milliseconds, offset, end: offset + dateText.length };
    const expected = ["a date such as 2026-01-31 or 2026-01-31T09:30:00Z, in the years 1970 to 9999"];
    return refuse(source, offset, { message: `${dateText} is not a date`, found: dateText, expected });
  }
  const durationText = textAt(duration, source, offset);
  if (durationText !== undefined) {
    const milliseconds = parseDuration(durationText);
    if (milliseconds !== undefined) {
      return { kind: "duration", milliseconds, offset, end: offset + durationText.length };
    }
    const message = "A duration is whole milliseconds and at most 100 years";
    return refuse(source, offset, { message, found: durationText, expected: ["a shorter duration"] });
  }
  return readNumber(source, offset);
}

function readNumber(source: string, offset: number): Token {
  const text = textAt(number, source, offset) ?? "";
  const end = offset + text.length;
  const glued = textAt(word, source, end);
  if (glued !== undefined) {
    const expected = ["ms", "s", "m", "h", "d", "w"];
    return refuse(source, end, { message: `${quote(glued)} is not a unit of time`, found: glued, expected });
  }
  const double = Number(text);
  const value = readExactly(text) ?? double;
  if (Number.isFinite(double)) return { kind: "number", value, offset, end };
  return refuse(source, offset, {
    message: "This number is too large",
    found: text,
    expected: ["a smaller number"],
  });
}

function readString(source: string, offset: number, delimiter: string): Token {
  let value = "";
  let index = offset + 1;
  while (index < source.length) {
    const character = source[index] ?? "";
    if (character === delimiter) return { kind: "string", value, offset, end: index + 1 };
    if (character < " ") break;
    if (character === "\\") {
      const escape = readEscape(source, index);
      value += escape.value;
      index = escape.end;
    } else {
      value += character;
      index += 1;
    }
  }
  const message = "This text has no end";
  return refuse(source, offset, { message, found: shorten(source.slice(offset)), expected: [delimiter] });
}

function readEscape(source: string, offset: number): { value: string; end: number } {
  const letter = source[offset + 1] ?? "";
  const plain = Object.hasOwn(escapes, letter) ? escapes[letter] : undefined;
  if (plain !== undefined) return { value: plain, end: offset + 2 };
  const digits = source.slice(offset + 2, offset + 6);
  if (letter === "u" && /^[0-9a-fA-F]{4}$/.test(digits)) {
    return { value: String.fromCharCode(Number.parseInt(digits, 16)), end: offset + 6 };
  }
  return refuse(source, offset, {
    message: `\\${letter} is not an escape`,
    found: `\\${letter}`,
    expected: ["\\\\", '\\"', "\\'", "\\n", "\\r", "\\t", "\\u0000"],
    suggestion: `\\\\${letter}`,
  });
}

/** A text in quotes, cut where it is long. */
export function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

function shorten(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function refuse(source: string, offset: number, problem: Omit<Problem, "position">): never {
  throw new InvalidConditionError({ ...problem, position: positionAt(source, offset) });
}
