import { DomainError } from "@tocsin/contracts/errors";
import { isForbiddenName } from "@tocsin/contracts/json";
import { invalidAt } from "@tocsin/contracts/validation-failed";

/** How deep a body may nest. */
export const maximumDepth = 32;

/** How many values a body may hold: objects, lists, and what stands in them. */
export const maximumValues = 50_000;

/** How many names one object may have: what they cost grows faster than their number. */
export const maximumNames = 5000;

/** What a JSON text may be. */
export interface JsonBudget {
  /** The deepest nesting. */
  depth?: number;
  /** The most values. */
  values?: number;
}

/**
 * Reads a JSON body strictly. What JSON.parse silently makes something of is refused: a name given twice, `__proto__`,
 * a number beyond what a double holds.
 * @throws DomainError MALFORMED_JSON, or VALIDATION_FAILED with a pointer
 */
export function readJson(text: string, budget: JsonBudget = {}): unknown {
  const { depth = maximumDepth, values = maximumValues } = budget;
  const outline = outlineOf(text);
  // Before parsing: a body of a hundred thousand brackets must not even be built.
  if (outline.depth > depth) throw invalidAt([], `Must not nest deeper than ${depth} levels`, "too_deep");
  if (outline.values > values) throw invalidAt([], `Must not hold more than ${values} values`, "too_many");
  if (outline.widest > maximumNames) {
    throw invalidAt([], `Must hold no object of more than ${maximumNames} names`, "too_many");
  }
  const value = parse(text);
  const path: (string | number)[] = [];
  if (outline.names > countNames(value, path)) {
    throw new DomainError("MALFORMED_JSON", { detail: "A name stands twice in the same object" });
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new DomainError("MALFORMED_JSON", {
      ...(cause instanceof SyntaxError && { detail: cause.message }),
      cause,
    });
  }
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;

interface Outline {
  depth: number;
  /** Names in all, and in the object that has most. */
  names: number;
  widest: number;
  values: number;
}

/**
 * How deep a JSON text nests, how many names it has (one colon each) and how many values at most (one for each comma and
 * opening bracket, and the whole), strings left out.
 */
function outlineOf(text: string): Outline {
  let level = 0;
  let depth = 0;
  let names = 0;
  let values = 1;
  let widest = 0;
  /** The names so far of the object that is open at each level. */
  const namesAt: number[] = [0];
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isInString) {
      if (code === backslash) index += 1;
      else if (code === quote) isInString = false;
    } else if (code === quote) isInString = true;
    else if (code === colon) {
      names += 1;
      widest = Math.max(widest, (namesAt[level] = (namesAt[level] ?? 0) + 1));
    } else if (code === comma) values += 1;
    else if (isOpening(code)) {
      values += 1;
      depth = Math.max(depth, (level += 1));
      namesAt[level] = 0;
    } else if (isClosing(code)) level = Math.max(0, level - 1);
  }
  return { depth, names, values, widest };
}

/** `{` or `[` */
function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

/** `}` or `]` */
function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}

/** How many names the parsed value has; refuses those that are forbidden, and numbers that are none. */
function countNames(value: unknown, path: (string | number)[]): number {
  if (typeof value === "number" && !Number.isFinite(value))
    throw invalidAt(path, "This number is too large", "too_big");
  if (typeof value !== "object" || value === null) return 0;
  const isArray = Array.isArray(value);
  let count = 0;
  for (const [name, item] of Object.entries(value)) {
    path.push(name);
    if (!isArray) {
      if (isForbiddenName(name)) throw invalidAt(path, "This name is not allowed", "forbidden_name");
      count += 1;
    }
    count += countNames(item, path);
    path.pop();
  }
  return count;
}
