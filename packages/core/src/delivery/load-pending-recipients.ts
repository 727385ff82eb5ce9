import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** Someone who is still to be told of a notification. */
export interface PendingRecipient {
  notificationId: string;
  userId: string;
  /** Why they are told without a sound; null: they are interrupted, or it is not decided yet. */
  heldReason: string | null;
}

/** Everyone who has not been reached, nor acted by themselves, by notification. */
export async function loadPendingRecipients(
  pool: Pool,
  notificationIds: readonly string[],
): Promise<PendingRecipient[]> {
  return pool.query<PendingRecipient[]>(
    `SELECT notificationId, userId, heldReason FROM notification_recipient
      WHERE notificationId IN (${placeholders(notificationIds)}) AND delivery = 'pending'
        AND acknowledgedAt IS NULL AND deletedAt IS NULL
      ORDER BY notificationId, userId`,
    notificationIds,
  );
}
