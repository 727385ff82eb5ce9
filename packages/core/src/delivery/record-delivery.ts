import { type Pool, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Channel, DeliveryOutcome } from "./channel.ts";

/** A call that was made, and how it went. */
export interface DeliveryCall {
  id: string;
  userIds: readonly string[];
  outcome: DeliveryOutcome;
  startedAt: Date;
  finishedAt: Date;
}

/** Writes down the calls of one try: one row a call, the recipients' state, the notification's. */
export async function recordDelivery(
  pool: Pool,
  delivery: { notificationId: string; attempt: number; channel: Channel["name"] },
  calls: readonly DeliveryCall[],
): Promise<void> {
  await withPoolTransaction(pool, async (connection) => {
    const { notificationId, attempt, channel } = delivery;
    await connection.query("SELECT id FROM notification WHERE id = ? FOR UPDATE", [notificationId]);
    await connection.query(
      `INSERT INTO delivery_attempt
         (id, notificationId, channel, status, attempt, recipientCount, providerId, errorCode, errorMessage,
          startedAt, finishedAt)
       VALUES ${calls.map(() => "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)").join(", ")}`,
      calls.flatMap(({ id, userIds, outcome, startedAt, finishedAt }) => [
        id,
        notificationId,
        channel,
        outcome.status === "accepted" ? "accepted" : "failed",
        attempt,
        userIds.length,
        outcome.status === "accepted" ? outcome.providerId : null,
        outcome.status === "accepted" ? null : outcome.errorCode.slice(0, 100),
        outcome.status === "accepted" ? null : outcome.message.slice(0, 500),
        startedAt,
        finishedAt,
      ]),
    );
    for (const { userIds, outcome } of calls) {
      if (outcome.status === "transient") continue;
      const isSent = outcome.status === "accepted";
      await connection.query(
        `UPDATE notification_recipient
            SET delivery = ?, deliveredAt = IF(?, UTC_TIMESTAMP(3), NULL), errorCode = ?
          WHERE notificationId = ? AND userId IN (${placeholders(userIds)}) AND delivery = 'pending'`,
        [
          isSent ? "sent" : "failed",
          isSent,
          isSent ? null : outcome.errorCode.slice(0, 100),
          notificationId,
          ...userIds,
        ],
      );
    }
    const isAnySent = calls.some(({ outcome }) => outcome.status === "accepted");
    await connection.query(
      `UPDATE notification
          SET pusherEventSent = pusherEventSent OR ?,
              delivered = NOT EXISTS (SELECT 1 FROM notification_recipient
                                       WHERE notificationId = ? AND delivery <> 'sent'
                                         AND acknowledgedAt IS NULL AND deletedAt IS NULL),
              deliveredAt = IF(delivered AND deliveredAt IS NULL, UTC_TIMESTAMP(3), deliveredAt),
              deliveryDueAt = IF(EXISTS (SELECT 1 FROM notification_recipient
                                          WHERE notificationId = ? AND delivery = 'pending'
                                            AND acknowledgedAt IS NULL AND deletedAt IS NULL), deliveryDueAt, NULL)
        WHERE id = ?`,
      [isAnySent, notificationId, notificationId, notificationId],
    );
  });
}
