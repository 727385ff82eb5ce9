import { type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { deleteOf } from "./delete-of.ts";
import { isOpen } from "./open-alerts.ts";
import { type Pruning, pruneInSteps, stepRows } from "./prune-in-steps.ts";
import { withdrawCopies } from "./withdraw-copies.ts";

/** Before which times notifications may go. */
export interface NotificationCutoffs {
  /** Those that are over. */
  over: Date;
  /** Alerts that are still open; null: never. */
  open: Date | null;
}

/** Notifications made before `?` that nothing is to be done for; open alerts only if made before `?`. */
const prunable = `notification.createdAt < ?
  AND (NOT ${isOpen} OR COALESCE(notification.createdAt < ?, FALSE))
  AND notification.deliveryDueAt IS NULL AND notification.fanoutDueAt IS NULL
  AND notification.nextEscalationAt IS NULL AND notification.withdrawDueAt IS NULL AND notification.tellDueAt IS NULL
  AND NOT EXISTS (SELECT 1 FROM alert_group
                   WHERE alert_group.notificationId = notification.id AND windowEndsAt > UTC_TIMESTAMP(3))
  AND NOT EXISTS (SELECT 1 FROM push_delivery
                   WHERE push_delivery.notificationId = notification.id AND dueAt IS NOT NULL)`;

/** The next notifications that may go: made from `?` on. */
export const prunableNotificationsSql = `
  SELECT id, createdAt FROM notification WHERE createdAt >= ? AND ${prunable}
   ORDER BY createdAt LIMIT ${stepRows}`;

/**
 * Deletes notifications with all that belongs to them. What is left of each person's copy is that it is deleted.
 * @returns how many notifications
 */
export async function pruneNotifications(pruning: Pruning, cutoffs: NotificationCutoffs): Promise<number> {
  const { pool } = pruning;
  let from = new Date(0);
  return pruneInSteps(pruning, async () => {
    const notifications = await pool.query<{ id: string; createdAt: Date }[]>(prunableNotificationsSql, [
      from,
      cutoffs.over,
      cutoffs.open,
    ]);
    const last = notifications.at(-1);
    if (!last) return { rows: 0, isLast: true };
    from = last.createdAt;
    const ids = notifications.map(({ id }) => id);
    await withdrawCopies(pool, ids);
    await deleteOf(pool, "webview_action", ids);
    await deleteOf(pool, "delivery_attempt", ids);
    await deleteOf(pool, "push_delivery", ids);
    const rows = await withPoolTransaction(pool, (connection) => deleteNotifications(connection, ids));
    return { rows, isLast: notifications.length < stepRows };
  });
}

async function deleteNotifications(connection: Queryable, ids: readonly string[]): Promise<number> {
  const { affectedRows } = await connection.query<{ affectedRows: number }>(
    `DELETE FROM notification WHERE id IN (${placeholders(ids)})`,
    ids,
  );
  return affectedRows;
}

/** How many notifications may go. */
export async function countPrunableNotifications(
  db: Queryable,
  { over, open }: NotificationCutoffs,
): Promise<number> {
  const [row] = await db.query<{ count: number }[]>(
    `SELECT COUNT(*) AS count FROM notification WHERE ${prunable}`,
    [over, open],
  );
  return row?.count ?? 0;
}
