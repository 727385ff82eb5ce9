import { DomainError } from "./errors.ts";
import { isExactNumber, parseExactly, roundedNumber } from "./exact-number.ts";
import { isForbiddenName } from "./json.ts";
import { invalidAt } from "./validation-failed.ts";

/** How deep a body may nest. */
export const maximumDepth = 32;

/** How many values a body may hold: objects, lists, and what stands in them. */
export const maximumValues = 50_000;

/** How many names one object may have: what they cost grows faster than their number. */
export const maximumNames = 5000;

/** How long a number may be whose digits a double does not hold. Characters. */
export const maximumNumberLength = 400;

/** What a JSON text may be. */
export interface JsonBudget {
  /** The deepest nesting. */
  depth?: number;
  /** The most values. */
  values?: number;
  /** Numbers whose digits a double does not hold are kept as they were written (`exact`), or refused. */
  numbers?: "exact" | "double";
}

/**
 * Reads a JSON text strictly, for every door. What JSON.parse silently makes something of is refused: a name given
 * twice, `__proto__`, half of a surrogate pair, a number beyond what a double holds. Numbers whose digits a double
 * does not hold are kept as they were written, or refused: they are never rounded.
 * @throws DomainError MALFORMED_JSON, or VALIDATION_FAILED with a pointer
 */
export function readJson(text: string, budget: JsonBudget = {}): unknown {
  return readPart(text, budget, []);
}

/** @param at where it stands in the body */
function readPart(text: string, budget: JsonBudget, at: readonly PropertyKey[]): unknown {
  const outline = outlineOf(text);
  refuseBeyond(outline, budget, at);
  const value = parse(text, outline.hasLongNumbers);
  const checking = {
    path: [...at],
    mayBeIllFormed: text.includes("\\u"),
    isExact: budget.numbers !== "double",
  };
  if (outline.names > checkValues(value, checking)) {
    const message = "A name stands twice in the same object";
    throw at.length > 0 ? invalidAt(at, message, "duplicate") : malformed(message);
  }
  return value;
}

/** Before parsing: a text of a hundred thousand brackets must not even be built. */
function refuseBeyond(outline: Outline, budget: JsonBudget, at: readonly PropertyKey[]): void {
  const { depth = maximumDepth, values = maximumValues } = budget;
  if (outline.depth > depth) throw invalidAt(at, `Must not nest deeper than ${depth} levels`, "too_deep");
  if (outline.values > values) throw invalidAt(at, `Must not hold more than ${values} values`, "too_many");
  if (outline.widest > maximumNames) {
    throw invalidAt(at, `Must hold no object of more than ${maximumNames} names`, "too_many");
  }
}

function parse(text: string, isExact: boolean): unknown {
  try {
    return isExact ? parseExactly(text) : JSON.parse(text);
  } catch (cause) {
    throw malformed(cause instanceof SyntaxError ? cause.message : undefined, cause);
  }
}

function malformed(detail: string | undefined, cause?: unknown): DomainError {
  return new DomainError("MALFORMED_JSON", { ...(detail !== undefined && { detail }), cause });
}

/** An item of a list that is refused by itself. */
export class RefusedItem {
  readonly error: DomainError;

  constructor(error: DomainError) {
    this.error = error;
  }
}

/** Where the items of a batch stand. */
export interface BatchPlace {
  /** The only field of the body, which holds them; undefined where the body is the list. */
  field: string | undefined;
}

/**
 * Reads a JSON text that holds a list of items, each as strictly as {@link readJson} reads: one that it would refuse
 * becomes a {@link RefusedItem}, which does not hold up the others.
 * @throws DomainError MALFORMED_JSON where the whole is no JSON; VALIDATION_FAILED where it exceeds its budget
 */
export function readJsonBatch(text: string, { field }: BatchPlace, budget: JsonBudget = {}): unknown {
  const { depth = maximumDepth } = budget;
  const level = field === undefined ? 0 : 1;
  const list = itemsOf(text, level);
  if (!list) return readPart(text, budget, []);
  const { start, end, items } = list;
  const around = readJson(text.slice(0, start) + text.slice(end), budget);
  const isPlace = field === undefined ? Array.isArray(around) : isOnlyList(around, field);
  if (!isPlace) return readPart(text, budget, []);
  // Of all together there may be no more than of a body: one item cannot be blamed for it.
  refuseBeyond({ ...outlineOf(text), depth: 0, widest: 0 }, budget, []);
  const at = field === undefined ? [] : [field];
  const itemBudget = { ...budget, depth: depth - level - 1 };
  const values = items.map((item, index) => readItem(item, itemBudget, [...at, index]));
  return field === undefined ? values : { [field]: values };
}

function isOnlyList(value: unknown, field: string): boolean {
  if (typeof value !== "object" || value === null) return false;
  const [[name, list] = [], ...others] = Object.entries(value);
  return name === field && Array.isArray(list) && others.length === 0;
}

function readItem(text: string, budget: JsonBudget, at: readonly PropertyKey[]): unknown {
  try {
    return readPart(text, budget, at);
  } catch (error) {
    // Where one item is no JSON, nobody knows where it ends.
    if (!(error instanceof DomainError) || error.code === "MALFORMED_JSON") throw error;
    return new RefusedItem(error);
  }
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const comma = 0x2c;

/** What stands in the first list that is opened so many levels down; undefined where there is none. */
function itemsOf(text: string, level: number): { start: number; end: number; items: string[] } | undefined {
  const items: string[] = [];
  let depth = 0;
  let start = -1;
  let from = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === quote) index = endOfText(text, index);
    else if (isOpening(code)) {
      depth += 1;
      if (start < 0 && depth === level + 1 && text[index] === "[") start = from = index + 1;
    } else if (isClosing(code)) {
      if (start >= 0 && depth === level + 1) {
        const last = text.slice(from, index);
        if (items.length > 0 || last.trim() !== "") items.push(last);
        return { start, end: index, items };
      }
      depth -= 1;
    } else if (code === comma && start >= 0 && depth === level + 1) {
      items.push(text.slice(from, index));
      from = index + 1;
    }
  }
  return undefined;
}

/** The place of the quote that ends a text. */
function endOfText(text: string, start: number): number {
  let index = start + 1;
  for (; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === backslash) index += 1;
    else if (code === quote) return index;
  }
  return index;
}

interface Outline {
  depth: number;
  /** Names in all, and in the object that has most. */
  names: number;
  widest: number;
  values: number;
  /** Whether it has a number of so many digits, or so written, that a double may not hold it. */
  hasLongNumbers: boolean;
}

/** Up to so many digits, the point among them, a double holds every number. */
const surelyHeld = 15;

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
  let digits = 0;
  let hasLongNumbers = false;
  /** The names so far of the object that is open at each level. */
  const namesAt: number[] = [0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (isOfNumber(code)) {
      digits += 1;
      if (digits > surelyHeld) hasLongNumbers = true;
      continue;
    }
    if (digits > 0) {
      if (isExponent(code)) hasLongNumbers = true;
      digits = 0;
    }
    if (code === quote) index = endOfText(text, index);
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
  return { depth, names, values, widest, hasLongNumbers };
}

/** A digit or the point. */
function isOfNumber(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || code === 0x2e;
}

/** `e` or `E` */
function isExponent(code: number): boolean {
  return code === 0x65 || code === 0x45;
}

/** `{` or `[` */
function isOpening(code: number): boolean {
  return code === 0x7b || code === 0x5b;
}

/** `}` or `]` */
function isClosing(code: number): boolean {
  return code === 0x7d || code === 0x5d;
}

interface Checking {
  path: PropertyKey[];
  /** Whether half of a surrogate pair may stand somewhere: in UTF-8 only an escape can be one. */
  mayBeIllFormed: boolean;
  /** Whether numbers may be such as no double holds. */
  isExact: boolean;
}

/** How many names a parsed value has; refuses those that are forbidden, and texts and numbers that are none. */
function checkValues(value: unknown, checking: Checking): number {
  const { path, mayBeIllFormed } = checking;
  if (typeof value === "string" && mayBeIllFormed) refuseIllFormed(value, path);
  if (typeof value !== "object" || value === null) return 0;
  if (isExactNumber(value)) {
    refuseUnkept(value.rawJSON, roundedNumber(value), path);
    if (!checking.isExact) throw invalidAt(path, "This number has more digits than are kept here", "inexact");
    return 0;
  }
  const isArray = Array.isArray(value);
  let count = 0;
  for (const [name, item] of Object.entries(value)) {
    path.push(name);
    if (!isArray) {
      if (isForbiddenName(name)) throw invalidAt(path, "This name is not allowed", "forbidden_name");
      if (mayBeIllFormed) refuseIllFormed(name, path);
      count += 1;
    }
    count += checkValues(item, checking);
    path.pop();
  }
  return count;
}

function refuseIllFormed(text: string, path: readonly PropertyKey[]): void {
  if (text.isWellFormed()) return;
  const message = "Must be well-formed Unicode: half of a surrogate pair is no character";
  throw invalidAt(
    path.map((part) => String(part).toWellFormed()),
    message,
    "ill_formed",
  );
}

/** Numbers are kept to the digit, but not those beyond what any program computes with. */
function refuseUnkept(text: string, rounded: number, path: readonly PropertyKey[]): void {
  if (!Number.isFinite(rounded)) throw invalidAt(path, "This number is too large", "too_big");
  if (rounded === 0) throw invalidAt(path, "This number is too close to 0", "too_small");
  if (text.length > maximumNumberLength) {
    throw invalidAt(path, `This number has more than ${maximumNumberLength} characters`, "too_long");
  }
}
