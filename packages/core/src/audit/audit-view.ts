import type { AuditEntryView, AuditFilter } from "@tocsin/contracts/api/audit";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import type { AuditLog, Prisma } from "@tocsin/db/client";
import { z } from "zod";

/** A line of the log as the API shows it. */
export function toAuditEntry(row: AuditLog): AuditEntryView {
  return { ...row, timestamp: row.timestamp.toISOString() };
}

/** The lines that pass every filter. */
export function auditWhere(filter: AuditFilter): Prisma.AuditLogWhereInput {
  const { from, to, userId, action, resourceType, resourceId } = filter;
  return {
    ...((from !== undefined || to !== undefined) && {
      timestamp: {
        ...(from !== undefined && { gte: new Date(from) }),
        ...(to !== undefined && { lt: new Date(to) }),
      },
    }),
    ...(userId !== undefined && { userId }),
    ...(action !== undefined && { action }),
    ...(resourceType !== undefined && { resourceType }),
    ...(resourceId !== undefined && { resourceId }),
  };
}

/** A place in the log. */
export interface AuditPlace {
  timestamp: Date;
  id: string;
}

/** Newest first; the id decides between lines of one millisecond. */
export const newestFirst = [
  { timestamp: "desc" },
  { id: "desc" },
] as const satisfies Prisma.AuditLogOrderByWithRelationInput[];

/** The lines behind a place, in that order. The first condition lets an index start there. */
export function behind({ timestamp, id }: AuditPlace): Prisma.AuditLogWhereInput {
  return { timestamp: { lte: timestamp }, OR: [{ timestamp: { lt: timestamp } }, { id: { lt: id } }] };
}

const separator = "~";

/** A place as a cursor. */
export function cursorOf({ timestamp, id }: { timestamp: string; id: string }): string {
  return `${timestamp}${separator}${id}`;
}

/** @throws DomainError VALIDATION_FAILED where the cursor is not one of ours */
export function placeOf(cursor: string): AuditPlace {
  const [timestamp, id] = cursor.split(separator);
  const place = z.object({ timestamp: z.iso.datetime(), id: z.uuid() }).safeParse({ timestamp, id });
  if (!place.success)
    throw invalidAt(["cursor"], "Must be the nextCursor of an earlier answer", "invalid_cursor");
  return { timestamp: new Date(place.data.timestamp), id: place.data.id };
}
