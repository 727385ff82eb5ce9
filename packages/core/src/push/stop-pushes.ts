import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/**
 * What is still to be sent is not; what was sent is taken away. The first assignment sees the status as it was.
 */
const stop = `
  UPDATE push_delivery
     SET dueAt = IF(status = 'pending', NULL, UTC_TIMESTAMP(3)), attempts = 0,
         status = IF(status = 'pending', 'cancelled', 'withdrawing')
   WHERE status IN ('pending', 'accepted')`;

/** Stops the push notifications of alerts that are over for everybody. */
export async function stopPushes(db: Queryable, notificationIds: readonly string[]): Promise<void> {
  if (notificationIds.length === 0) return;
  await db.query(`${stop} AND notificationId IN (${placeholders(notificationIds)})`, notificationIds);
}

/**
 * Stops one person's push notifications of some alerts.
 * @returns whether there were any
 */
export async function stopPushesOf(
  db: Queryable,
  userId: string,
  notificationIds: readonly string[],
): Promise<boolean> {
  const { affectedRows } = await db.query<{ affectedRows: number }>(
    `${stop} AND notificationId IN (${placeholders(notificationIds)}) AND userId = ?`,
    [...notificationIds, userId],
  );
  return affectedRows > 0;
}
