import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { mayBeTold } from "../delivery/may-be-told.ts";
import { stopPushes } from "../push/stop-pushes.ts";

/** Locks notifications until the transaction ends. Before any inbox and any copy: locks have one order everywhere. */
export async function lockNotifications(connection: Queryable, ids: readonly string[]): Promise<void> {
  await connection.query(
    `SELECT id FROM notification WHERE id IN (${placeholders(ids)}) ORDER BY id FOR UPDATE`,
    ids,
  );
}

/**
 * Ends notifications for everybody where their policy holds: somebody acknowledged it, or, under `all`, everybody did
 * who has not deleted it and may still be told of it, and nobody is still to get it. Nothing is sent any more, and what
 * was sent is taken away. Lock the notifications first.
 * @returns those that ended just now
 */
export async function acknowledgeWhole(connection: Queryable, ids: readonly string[]): Promise<string[]> {
  if (ids.length === 0) return [];
  const rows = await connection.query<{ id: string }[]>(
    `SELECT id FROM notification
      WHERE id IN (${placeholders(ids)}) AND acknowledgedAt IS NULL
        AND EXISTS (SELECT 1 FROM notification_recipient AS copy
                     WHERE copy.notificationId = notification.id AND copy.acknowledgedAt IS NOT NULL)
        AND (ackPolicy = 'any'
             OR fanoutDueAt IS NULL
                AND NOT EXISTS (SELECT 1 FROM notification_recipient AS copy
                                 WHERE copy.notificationId = notification.id AND copy.acknowledgedAt IS NULL
                                   AND copy.deletedAt IS NULL AND ${mayBeTold("copy.userId")}))`,
    ids,
  );
  if (rows.length === 0) return [];
  const ended = rows.map(({ id }) => id);
  await connection.query(
    `UPDATE notification
        SET acknowledgedAt = UTC_TIMESTAMP(3), deliveryDueAt = NULL, nextEscalationAt = NULL,
            withdrawDueAt = UTC_TIMESTAMP(3), tellAfterUserId = NULL,
            -- Who alone was alerted knows.
            tellDueAt = IF(recipientCount > 1, UTC_TIMESTAMP(3), NULL)
      WHERE id IN (${placeholders(ended)})`,
    ended,
  );
  await stopPushes(connection, ended);
  return ended;
}
