import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** Whether a phone may show it: a provider took it, or was asked and nobody knows what it did. */
const mayBeShown = "(sentAt IS NOT NULL OR calledAt IS NOT NULL)";

/**
 * What may be shown is taken away, whatever a repetition or a failure made of its row since; what cannot be, is not sent.
 * What is being sent for the first time right now is taken away when it is known how that went, or when the lease of who
 * sends it is over. The first assignments see the row as it was.
 */
const stop = `
  UPDATE push_delivery
     SET dueAt = CASE WHEN NOT ${mayBeShown} THEN NULL
                      WHEN status = 'pending' AND sentAt IS NULL AND leaseId IS NOT NULL THEN dueAt
                      ELSE UTC_TIMESTAMP(3) END,
         attempts = 0,
         status = IF(${mayBeShown}, 'withdrawing', 'cancelled')
   WHERE (status IN ('pending', 'accepted') OR status = 'failed' AND ${mayBeShown})`;

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
