import type { Queryable } from "@tocsin/db/pool";
import type { Lease } from "../delivery/lease.ts";
import { fitTexts } from "./fit-texts.ts";
import { writeRoleIds } from "./audience.ts";
import type { NewNotification } from "./new-notification.ts";

const row =
  "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IF(?, UTC_TIMESTAMP(3), NULL), IF(?, UTC_TIMESTAMP(3), NULL), IF(?, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, NULL), ?, ?, ?, ?, IF(?, UTC_TIMESTAMP(3) + INTERVAL ? SECOND, NULL), UTC_TIMESTAMP(3))";

/**
 * Writes notifications with one statement; those that interrupt someone are due for delivery at once. Whatever their
 * texts were composed of, they are cut to what fits.
 * @param lease of who delivers them; left out: they are for whoever takes them first
 */
export async function writeNotifications(
  connection: Queryable,
  notifications: readonly NewNotification[],
  lease?: Lease,
): Promise<void> {
  if (notifications.length === 0) return;
  await connection.query(
    `INSERT INTO notification
       (id, ruleId, eventId, kind, sourceKey, title, message, truncated, sound, action, priority, ruleVersion,
        occurrences, recipientCount, expiresAt, dedupHash, audience, escalateTo, resolvedAt, acknowledgedAt, deliveryDueAt,
        deliveryLease, deliveryAttempts, ackPolicy, ackTimeoutSeconds, nextEscalationAt, createdAt)
     VALUES ${notifications.map(() => row).join(", ")}`,
    notifications
      .map(fitTexts)
      .flatMap((notification) => [
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
        writeRoleIds(notification.audience),
        writeRoleIds(notification.escalateTo),
        notification.over === "resolved",
        notification.over === "acknowledged",
        isDue(notification),
        lease ? lease.forMs * 1000 : 0,
        isDue(notification) ? (lease?.id ?? null) : null,
        isDue(notification) && lease ? 1 : 0,
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
