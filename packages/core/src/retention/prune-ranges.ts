import { lowestIdAt } from "@tocsin/db/ids";
import { type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { type Pruning, pruneInSteps, stepRows } from "./prune-in-steps.ts";

/** Rows that may go by their own times alone: a range of one index, from its beginning. */
export interface PrunedRange {
  table: string;
  where: string;
  values: readonly unknown[];
  /** The order of the index. */
  order: string;
}

/** Sessions after they expired. */
export const expiredSessions = (before: Date): PrunedRange => ({
  table: "refresh_token",
  where: "expiresAt < ?",
  values: [before],
  order: "expiresAt",
});

/** Password resets after they expired. One that expired was made before: its id says so. */
export const expiredPasswordResets = (before: Date): PrunedRange => ({
  table: "password_reset",
  where: "id < ? AND expiresAt < ?",
  values: [lowestIdAt(before), before],
  order: "id",
});

/** Dedup windows that ended. */
export const endedGroups = (before: Date): PrunedRange => ({
  table: "alert_group",
  where: "windowEndsAt < ?",
  values: [before],
  order: "windowEndsAt",
});

/** What was last resolved or acknowledged by a dedup key, and no event was of since. */
export const untouchedMarkers = (before: Date): PrunedRange => ({
  table: "dedup_marker",
  where: "touchedAt < ?",
  values: [before],
  order: "touchedAt",
});

/** Dead letters that were redriven or discarded. One that was closed was made before: its id says so. */
export const closedDeadLetters = (before: Date): PrunedRange => ({
  table: "dead_letter",
  where: "id < ? AND closedAt < ? AND status IN ('redriven', 'discarded')",
  values: [lowestIdAt(before), before],
  order: "id",
});

/** Calls to providers for notifications of that time. */
export const pastAttempts = (before: Date): PrunedRange => ({
  table: "delivery_attempt",
  where: "notificationId < ?",
  values: [lowestIdAt(before)],
  order: "notificationId",
});

export const pastAudit = (before: Date): PrunedRange => ({
  table: "audit_log",
  where: "`timestamp` < ?",
  values: [before],
  order: "`timestamp`",
});

/** One step of a range, as SQL. */
export function deleteSql({ table, where, order }: PrunedRange): string {
  return `DELETE FROM ${table} WHERE ${where} ORDER BY ${order} LIMIT ${stepRows}`;
}

/** Deletes the rows of a range. @returns how many */
export async function pruneRange(pruning: Pruning, range: PrunedRange): Promise<number> {
  return pruneInSteps(pruning, async () => {
    const { affectedRows } = await withPoolTransaction(pruning.pool, (connection) =>
      connection.query<{ affectedRows: number }>(deleteSql(range), range.values),
    );
    return { rows: affectedRows, isLast: affectedRows < stepRows };
  });
}

/** How many rows a range has. */
export async function countRange(db: Queryable, { table, where, values }: PrunedRange): Promise<number> {
  const [row] = await db.query<{ count: number }[]>(
    `SELECT COUNT(*) AS count FROM ${table} WHERE ${where}`,
    values,
  );
  return row?.count ?? 0;
}
