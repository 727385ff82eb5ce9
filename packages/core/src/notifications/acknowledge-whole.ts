import type { Transaction } from "@tocsin/db/client";
import { stopPushesOf } from "../push/stop-pushes.ts";

/** Locks a notification until the transaction ends. Before any inbox and any copy: locks have one order everywhere. */
export async function lockNotification(tx: Transaction, id: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM notification WHERE id = ${id} FOR UPDATE`;
}

/**
 * Ends a notification for everybody where its policy holds: somebody acknowledged it, or, under `all`, everybody did
 * who has not deleted it. Nothing is sent any more, and what was sent is taken away. Lock the notification first.
 * @returns whether it ended just now
 */
export async function acknowledgeWhole(tx: Transaction, id: string): Promise<boolean> {
  const count = await tx.$executeRaw`
    UPDATE notification
       SET acknowledgedAt = UTC_TIMESTAMP(3), deliveryDueAt = NULL, nextEscalationAt = NULL,
           withdrawDueAt = UTC_TIMESTAMP(3)
     WHERE id = ${id} AND acknowledgedAt IS NULL
       AND EXISTS (SELECT 1 FROM notification_recipient
                    WHERE notificationId = ${id} AND notification_recipient.acknowledgedAt IS NOT NULL)
       AND (ackPolicy = 'any'
            OR NOT EXISTS (SELECT 1 FROM notification_recipient
                            WHERE notificationId = ${id} AND notification_recipient.acknowledgedAt IS NULL
                              AND deletedAt IS NULL))`;
  if (count === 0) return false;
  await stopPushesOf(tx, { notificationId: id });
  return true;
}
