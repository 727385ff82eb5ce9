import { type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { deleteOf } from "./delete-of.ts";
import { type Pruning, pruneInSteps, stepRows } from "./prune-in-steps.ts";

/** Events that are done with: processed, or dead and discarded. What waits, is retried or lies in an open dead letter stays. */
const prunable = {
  processed: "TRUE",
  dead: "NOT EXISTS (SELECT 1 FROM dead_letter WHERE dead_letter.eventId = event.id AND dead_letter.status = 'open')",
} as const;
type PrunableStatus = keyof typeof prunable;
const statuses = Object.keys(prunable) as PrunableStatus[];

/** The next events of a status that may go: received from `?` on and before `?`. */
export function prunableEventsSql(status: PrunableStatus): string {
  return `SELECT id, receivedAt FROM event
           WHERE status = '${status}' AND receivedAt >= ? AND receivedAt < ? AND ${prunable[status]}
           ORDER BY receivedAt LIMIT ${stepRows}`;
}

/** Deletes events received before this time, with what was decided for them. @returns how many events */
export async function pruneEvents(pruning: Pruning, before: Date): Promise<number> {
  let total = 0;
  for (const status of statuses) total += await pruneStatus(pruning, status, before);
  return total;
}

async function pruneStatus(pruning: Pruning, status: PrunableStatus, before: Date): Promise<number> {
  const { pool } = pruning;
  let from = new Date(0);
  return pruneInSteps(pruning, async () => {
    const events = await pool.query<{ id: string; receivedAt: Date }[]>(prunableEventsSql(status), [
      from,
      before,
    ]);
    const last = events.at(-1);
    if (!last) return { rows: 0, isLast: true };
    from = last.receivedAt;
    const ids = events.map(({ id }) => id);
    await deleteOf(pool, "decision_log", ids);
    // An event that somebody gave back to the pipeline meanwhile stays.
    const { affectedRows } = await withPoolTransaction(pool, (connection) =>
      connection.query<{ affectedRows: number }>(
        `DELETE FROM event WHERE id IN (${placeholders(ids)}) AND status = '${status}'`,
        ids,
      ),
    );
    return { rows: affectedRows, isLast: events.length < stepRows };
  });
}

/** How many events received before this time may go. */
export async function countPrunableEvents(db: Queryable, before: Date): Promise<number> {
  const [row] = await db.query<{ count: number }[]>(
    `SELECT ${statuses
      .map(
        (status) =>
          `(SELECT COUNT(*) FROM event WHERE status = '${status}' AND receivedAt < ? AND ${prunable[status]})`,
      )
      .join(" + ")} AS count`,
    statuses.map(() => before),
  );
  return row?.count ?? 0;
}
