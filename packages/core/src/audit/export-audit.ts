import type { AuditFilter } from "@tocsin/contracts/api/audit";
import type { AuditLog } from "@tocsin/db/client";
import type { Context } from "../context.ts";
import { type AuditPlace, auditWhere, behind, newestFirst } from "./audit-view.ts";

/** How many lines are read, and held in memory, at a time. */
const chunkRows = 2_000;

/**
 * Every line of the audit log that passes the filters, newest first, read as fast as they are taken: a chunk at a time,
 * each starting where the one before ended, so that the millionth costs as much as the first.
 */
export async function* exportAudit(ctx: Context, filter: AuditFilter): AsyncGenerator<AuditLog[]> {
  const where = auditWhere(filter);
  let last: AuditPlace | undefined;
  for (;;) {
    const rows: AuditLog[] = await ctx.db.auditLog.findMany({
      where: last ? { AND: [where, behind(last)] } : where,
      orderBy: [...newestFirst],
      take: chunkRows,
    });
    if (rows.length > 0) yield rows;
    last = rows.at(-1);
    if (rows.length < chunkRows || !last) return;
  }
}
