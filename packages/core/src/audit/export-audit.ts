import type { AuditFilter } from "@tocsin/contracts/api/audit";
import type { Context } from "../context.ts";
import type { InstantPlace } from "../paging.ts";

/** How many lines are read, and held in memory, at a time. */
const chunkRows = 1_000;

/** What of a line is exported, in this order. */
export const exportedColumns = [
  ...["timestamp", "action", "actorType", "userId", "actorLabel", "resourceType", "resourceId"],
  ...["metadata", "before", "after", "requestId", "ip", "id"],
] as const;

/** A line as it is exported; JSON stays the text that it is stored as. */
export type ExportedLine = InstantPlace & Readonly<Record<string, string | Date | null>>;

/**
 * Every line of the audit log that passes the filters, newest first, read as fast as they are taken: a chunk at a time,
 * each starting where the one before ended, so that the millionth costs as much as the first.
 */
export async function* exportAudit(ctx: Context, filter: AuditFilter): AsyncGenerator<ExportedLine[]> {
  let last: InstantPlace | undefined;
  for (;;) {
    const { sql, values } = chunkStatement(filter, last);
    const rows = await ctx.pool.query<ExportedLine[]>(sql, values);
    if (rows.length > 0) yield rows;
    last = rows.at(-1);
    if (rows.length < chunkRows || !last) return;
  }
}

/** Which values a filter compares with which column. */
const conditions: Readonly<Record<keyof AuditFilter, string>> = {
  from: "`timestamp` >= ?",
  to: "`timestamp` < ?",
  userId: "userId = ?",
  action: "action = ?",
  resourceType: "resourceType = ?",
  resourceId: "resourceId = ?",
};

const columnList = exportedColumns.map((name) => `\`${name}\``).join(", ");

function chunkStatement(
  filter: AuditFilter,
  last: InstantPlace | undefined,
): { sql: string; values: unknown[] } {
  const names = Object.keys(conditions) as (keyof AuditFilter)[];
  const given = names.filter((name) => filter[name] !== undefined);
  const where = given.map((name) => conditions[name]);
  const values: unknown[] = given.map((name) => valueOf(name, filter[name] ?? ""));
  if (last) {
    // The first of them lets an index start there.
    where.push("`timestamp` <= ?", "(`timestamp` < ? OR id < ?)");
    values.push(last.timestamp, last.timestamp, last.id);
  }
  const sql = `SELECT ${columnList} FROM audit_log ${where.length > 0 ? `WHERE ${where.join(" AND ")}` : ""}
    ORDER BY \`timestamp\` DESC, id DESC LIMIT ${chunkRows}`;
  return { sql, values };
}

function valueOf(name: keyof AuditFilter, value: string): Date | string {
  return name === "from" || name === "to" ? new Date(value) : value;
}
