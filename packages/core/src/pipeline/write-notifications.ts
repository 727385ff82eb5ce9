import type { Queryable } from "@tocsin/db/pool";
import type { NewNotification } from "./new-notification.ts";

const row =
  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IF(?, UTC_TIMESTAMP(3), NULL), IF(?, UTC_TIMESTAMP(3), NULL), IF(?, UTC_TIMESTAMP(3), NULL), ?, ?, IF(?, UTC_TIMESTAMP(3) + INTERVAL ? SECOND, NULL), UTC_TIMESTAMP(3))";

/** Writes notifications with one statement; those that interrupt someone are due for delivery at once. */
export async function writeNotifications(
  connection: Queryable,
  notifications: readonly NewNotification[],
): Promise<void> {
  if (notifications.length === 0) return;
  await connection.query(
    `INSERT INTO notification
       (id, ruleId, eventId, kind, sourceKey, title, message, truncated, sound, action, priority, ruleVersion,
        occurrences, recipientCount, expiresAt, dedupHash, resolvedAt, acknowledgedAt, deliveryDueAt,
        ackPolicy, ackTimeoutSeconds, nextEscalationAt, createdAt)
     VALUES ${notifications.map(() => row).join(", ")}`,
    notifications.flatMap((notification) => [
      notification.id,
      notification.ruleId,
      notification.eventId,
      notification.kind,
      notification.sourceKey,
      notification.title,
      notification.message,
      notification.truncated,
      notification.sound,
      notification.action && JSON.stringify(notification.action),
      notification.priority,
      notification.ruleVersion,
      notification.occurrences,
      notification.recipients.length,
      notification.expiresAt,
      notification.dedupHash,
      notification.over === "resolved",
      notification.over === "acknowledged",
      isDue(notification),
      notification.ackPolicy,
      notification.ackTimeoutSeconds,
      isDue(notification) && notification.ackTimeoutSeconds !== null,
      notification.ackTimeoutSeconds,
    ]),
  );
}

/** Whether anybody is to be interrupted. */
export function isDue({ over, recipients }: NewNotification): boolean {
  return over === null && recipients.length > 0;
}
