import type { AuditEntryView, AuditFilter } from "@tocsin/contracts/api/audit";
import type { AuditLog, Prisma } from "@tocsin/db/client";
import type { InstantPlace } from "../paging.ts";

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

/** Newest first; the id decides between lines of one millisecond. */
export const newestFirst = [
  { timestamp: "desc" },
  { id: "desc" },
] as const satisfies Prisma.AuditLogOrderByWithRelationInput[];

/** The lines behind a place, in that order. The first condition lets an index start there. */
export function behind({ timestamp, id }: InstantPlace): Prisma.AuditLogWhereInput {
  return { timestamp: { lte: timestamp }, OR: [{ timestamp: { lt: timestamp } }, { id: { lt: id } }] };
}
