import type { Transaction } from "@tocsin/db/client";

/** Locks a notification until the transaction ends. Before any inbox and any copy: locks have one order everywhere. */
export async function lockNotification(tx: Transaction, id: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM notification WHERE id = ${id} FOR UPDATE`;
}

/**
 * Ends a notification for everybody where the rule's policy holds: somebody acknowledged it, or, under \`all\`, everybody
 * did who has not deleted it. Nothing is sent any more. Lock the notification first.
 */
export async function acknowledgeWhole(tx: Transaction, id: string): Promise<void> {
  await tx.$executeRaw`
    UPDATE notification JOIN rule ON rule.id = notification.ruleId
       SET acknowledgedAt = UTC_TIMESTAMP(3), deliveryDueAt = NULL, nextEscalationAt = NULL
     WHERE notification.id = ${id} AND acknowledgedAt IS NULL
       AND EXISTS (SELECT 1 FROM notification_recipient
                    WHERE notificationId = ${id} AND notification_recipient.acknowledgedAt IS NOT NULL)
       AND (ackPolicy = 'any'
            OR NOT EXISTS (SELECT 1 FROM notification_recipient
                            WHERE notificationId = ${id} AND notification_recipient.acknowledgedAt IS NULL
                              AND deletedAt IS NULL))`;
}
