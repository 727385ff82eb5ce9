import { type AuditEntryView, type ListAuditInput, maximumAuditTotal } from "@tocsin/contracts/api/audit";
import type { Page } from "@tocsin/contracts/api/common";
import type { Context } from "../context.ts";
import { cursorPlace, instantCursor, offsetOf, toPageBy } from "../paging.ts";
import { auditWhere, behind, newestFirst, toAuditEntry } from "./audit-view.ts";

/**
 * A page of the audit log, newest first.
 * @throws DomainError VALIDATION_FAILED where the cursor is not one of ours
 */
export async function listAudit(ctx: Context, input: ListAuditInput): Promise<Page<AuditEntryView>> {
  const { cursor } = input;
  const filter = auditWhere(input);
  const [rows, total] = await Promise.all([
    ctx.db.auditLog.findMany({
      where: cursor === undefined ? filter : { AND: [filter, behind(cursorPlace(cursor))] },
      orderBy: [...newestFirst],
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    cursor === undefined ? ctx.db.auditLog.count({ where: filter, take: maximumAuditTotal }) : undefined,
  ]);
  return toPageBy(rows.map(toAuditEntry), input, total, instantCursor);
}
