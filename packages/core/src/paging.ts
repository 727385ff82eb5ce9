import type { Page } from "@tocsin/contracts/api/common";
import type { DomainError } from "@tocsin/contracts/errors";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import { z } from "zod";

/** Where in a list a caller is. */
export interface PageRequest {
  page: number;
  limit: number;
  cursor?: string | undefined;
}

/** How many rows to leave out; none behind a cursor. */
export function offsetOf({ page, limit, cursor }: PageRequest): number {
  return cursor === undefined ? (page - 1) * limit : 0;
}

/**
 * The id that a cursor stands for; lists are ordered by id, and ids grow with time.
 * @throws DomainError VALIDATION_FAILED where the cursor is not one of ours
 */
export function cursorId(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const parsed = z.uuid().toLowerCase().safeParse(cursor);
  if (parsed.success) return parsed.data;
  throw invalidCursor();
}

/**
 * The number that a cursor stands for, in lists that are ordered by one.
 * @throws DomainError VALIDATION_FAILED where the cursor is not one of ours
 */
export function cursorNumber(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const parsed = z.coerce.number().int().min(0).safeParse(cursor);
  if (parsed.success && cursor.trim() !== "") return parsed.data;
  throw invalidCursor();
}

/** A place in a list that is in the order of an instant, then of the id. */
export interface InstantPlace {
  timestamp: Date;
  id: string;
}

const separator = "~";

/** A place as a cursor; the instant as the API writes it. */
export function instantCursor({ timestamp, id }: { timestamp: string; id: string }): string {
  return `${timestamp}${separator}${id}`;
}

/**
 * The place that a cursor stands for, in lists that are ordered by an instant, then by the id.
 * @throws DomainError VALIDATION_FAILED where the cursor is not one of ours
 */
export function cursorPlace(cursor: string): InstantPlace {
  const [timestamp, id] = cursor.split(separator);
  const place = z
    .object({ timestamp: z.iso.datetime(), id: z.uuid().toLowerCase() })
    .safeParse({ timestamp, id });
  if (!place.success) throw invalidCursor();
  return { timestamp: new Date(place.data.timestamp), id: place.data.id };
}

function invalidCursor(): DomainError {
  return invalidAt(["cursor"], "Must be the nextCursor of an earlier answer", "invalid_cursor");
}

/**
 * A page from its rows. Ask the database for one row more than the limit: it tells whether there is a next page.
 * `total` belongs to page numbers alone; behind a cursor nobody counts.
 */
export function toPage<Row extends { id: string }>(
  rows: readonly Row[],
  request: PageRequest,
  total: number | undefined,
): Page<Row> {
  return toPageBy(rows, request, total, ({ id }) => id);
}

/** Like {@link toPage}, for lists in another order than that of their ids. */
export function toPageBy<Row>(
  rows: readonly Row[],
  request: PageRequest,
  total: number | undefined,
  cursorOf: (row: Row) => string,
): Page<Row> {
  const items = rows.slice(0, request.limit);
  const last = items.at(-1);
  const nextCursor = rows.length > request.limit && last !== undefined ? cursorOf(last) : null;
  if (request.cursor !== undefined) return { items, limit: request.limit, nextCursor };
  return {
    items,
    page: request.page,
    limit: request.limit,
    ...(total !== undefined && { total }),
    nextCursor,
  };
}
