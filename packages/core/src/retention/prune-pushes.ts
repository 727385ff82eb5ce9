import { lowestIdAt } from "@tocsin/db/ids";
import { type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { isOpen } from "./open-alerts.ts";
import { type Pruning, pruneInSteps, stepRows } from "./prune-in-steps.ts";

/**
 * Push deliveries of notifications with an id below `?` that are done with. Those that are due stay, and those of open
 * alerts: phones are still to take them away.
 */
const prunablePushes = `push_delivery.notificationId < ? AND push_delivery.dueAt IS NULL
  AND NOT EXISTS (SELECT 1 FROM notification WHERE notification.id = push_delivery.notificationId AND ${isOpen})`;

/** The next push deliveries that may go: of this notification on. */
export const prunablePushesSql = `
  SELECT notificationId FROM push_delivery
   WHERE notificationId >= ? AND ${prunablePushes}
   ORDER BY notificationId LIMIT ${stepRows}`;

/** Deletes push deliveries of notifications made before this time. @returns how many */
export async function prunePushes(pruning: Pruning, before: Date): Promise<number> {
  const { pool } = pruning;
  let from = "";
  return pruneInSteps(pruning, async () => {
    const pushes = await pool.query<{ notificationId: string }[]>(prunablePushesSql, [
      from,
      lowestIdAt(before),
    ]);
    const last = pushes.at(-1);
    if (!last) return { rows: 0, isLast: true };
    from = last.notificationId;
    const ids = [...new Set(pushes.map(({ notificationId }) => notificationId))];
    const { affectedRows } = await withPoolTransaction(pool, (connection) =>
      connection.query<{ affectedRows: number }>(
        `DELETE FROM push_delivery WHERE notificationId IN (${placeholders(ids)}) AND dueAt IS NULL
          ORDER BY notificationId LIMIT ${stepRows}`,
        ids,
      ),
    );
    return { rows: affectedRows, isLast: pushes.length < stepRows };
  });
}

/** How many push deliveries of notifications made before this time may go. */
export async function countPrunablePushes(db: Queryable, before: Date): Promise<number> {
  const [row] = await db.query<{ count: number }[]>(
    `SELECT COUNT(*) AS count FROM push_delivery WHERE ${prunablePushes}`,
    [lowestIdAt(before)],
  );
  return row?.count ?? 0;
}
