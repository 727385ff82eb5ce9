import { parseInstant } from "./dates.ts";
import { isRawNumber } from "./exact-number.ts";
import { Instant, toValue, type Value } from "./values.ts";

/** What conditions and templates may know of an event. */
export interface EventFacts {
  id: string;
  type: string;
  source: string;
  action?: string;
  dedupKey?: string | null;
  /** A date, or its ISO 8601 text. */
  receivedAt: Date | string;
  occurredAt?: Date | string | null;
  /** Any JSON value. */
  payload: unknown;
}

/** Settings of an evaluation. */
export interface EvaluationOptions {
  /** What `now()` gives; the event's receivedAt where absent, so that a redelivered event is judged alike. */
  now?: Date | string;
}

/** Names that mean the event's own field; every other first name is looked up in the payload. */
const columns: ReadonlySet<string> = new Set([
  "id",
  "type",
  "source",
  "action",
  "dedupKey",
  "receivedAt",
  "occurredAt",
  "payload",
]);

/** Those names, for suggestions. */
export const columnNames: readonly string[] = [...columns];

/** Columns that hold dates. */
export function isDateColumn(name: string): boolean {
  return name === "receivedAt" || name === "occurredAt";
}

/**
 * The path with its first name resolved: `event.amount` is `event.payload.amount`.
 * @param segments the names after `event.`
 */
export function resolvePath(segments: readonly string[]): readonly string[] {
  return columns.has(segments[0] ?? "") ? segments : ["payload", ...segments];
}

/** The value at a path; own properties only. */
export function readPath(event: EventFacts, segments: readonly string[]): Value {
  const [column = "", ...rest] = resolvePath(segments);
  if (isDateColumn(column)) return rest.length === 0 ? readDate(readOwn(event, column)) : undefined;
  let value = readOwn(event, column);
  for (const segment of rest) value = readOwn(value, segment);
  return toValue(value);
}

/** An own property of an object, or an item of a list; never what a prototype offers. */
export function readOwn(holder: unknown, name: string): unknown {
  if (typeof holder !== "object" || holder === null || !Object.hasOwn(holder, name)) return undefined;
  if (isRawNumber(holder)) return undefined;
  // A list's length is its own property too: len() gives it.
  if (name === "length" && Array.isArray(holder)) return undefined;
  return (holder as Readonly<Record<string, unknown>>)[name];
}

/** The date that a column holds; undefined where it is no date. */
export function readDate(raw: unknown): Instant | undefined {
  const milliseconds = raw instanceof Date ? raw.getTime() : parseInstant(typeof raw === "string" ? raw : "");
  return milliseconds === undefined || Number.isNaN(milliseconds) ? undefined : new Instant(milliseconds);
}

/** What `now()` gives for an event. */
export function readNow(event: EventFacts, options: EvaluationOptions | undefined): Instant | undefined {
  return readDate(options?.now ?? event.receivedAt);
}
