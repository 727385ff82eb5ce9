import { DomainError } from "@tocsin/contracts/errors";
import type { Page } from "@tocsin/contracts/api/common";
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
  const parsed = z.uuid().safeParse(cursor);
  if (parsed.success) return parsed.data;
  const message = "Must be the nextCursor of an earlier answer";
  throw new DomainError("VALIDATION_FAILED", { detail: message, errors: [{ pointer: "/cursor", message }] });
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
  const items = rows.slice(0, request.limit);
  const nextCursor = rows.length > request.limit ? (items.at(-1)?.id ?? null) : null;
  if (request.cursor !== undefined) return { items, limit: request.limit, nextCursor };
  return {
    items,
    page: request.page,
    limit: request.limit,
    ...(total !== undefined && { total }),
    nextCursor,
  };
}
