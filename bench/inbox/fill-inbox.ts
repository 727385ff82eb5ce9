import type { Pool } from "@tocsin/db/pool";
import { numbersBetween } from "../system/numbers.ts";

/** How many notifications the person has. */
export const inboxSize = 100_000;

/** So many of them are unread: every fiftieth. */
export const unreadCount = inboxSize / 50;

/** The id of the n-th notification, from 1: they grow with n, as real ones do with time. */
export function notificationId(number: number): string {
  return `${number.toString(16).toUpperCase().padStart(8, "0")}-0000-7000-8000-000000000000`;
}

/** Puts that many notifications into the inboxes of three people, most of them read, some acknowledged. */
export async function fillInbox(
  pool: Pool,
  { ruleId, userIds }: { ruleId: string; userIds: readonly string[] },
): Promise<void> {
  const id = "CONCAT(LPAD(HEX(seq), 8, '0'), '-0000-7000-8000-000000000000')";
  const numbers = numbersBetween(1, inboxSize);
  const createdAt = "TIMESTAMPADD(SECOND, seq, '2026-01-01')";
  await pool.query(
    `INSERT INTO notification
       (id, ruleId, kind, sourceKey, title, message, priority, ruleVersion, recipientCount, delivered,
        pusherEventSent, createdAt, deliveredAt)
     SELECT ${id}, ?, 'alert', CONCAT('bench:', seq), 'Transfer of 25000 EUR failed',
            'insufficient funds: DE02120300000000202051 to GB33BUKB20201555555555', 1 + seq MOD 5, 1, ?, TRUE, TRUE,
            ${createdAt}, ${createdAt}
       FROM ${numbers} ORDER BY seq`,
    [ruleId, userIds.length],
  );
  for (const userId of userIds) {
    await pool.query(
      `INSERT INTO notification_recipient
         (userId, notificationId, seq, delivery, deliveredAt, readAt, acknowledgedAt, ruleId, kind, priority, createdAt)
       SELECT ?, ${id}, seq, 'sent', ${createdAt}, IF(seq MOD 50 = 0, NULL, ${createdAt}),
              IF(seq MOD 10 = 1, ${createdAt}, NULL), ?, 'alert', 1 + seq MOD 5, ${createdAt}
         FROM ${numbers} ORDER BY seq`,
      [userId, ruleId],
    );
    await pool.query(
      "UPDATE user_inbox SET lastSeq = ?, unread = ?, listed = ?, acknowledged = ? WHERE userId = ?",
      [inboxSize, unreadCount, inboxSize, inboxSize / 10, userId],
    );
  }
  await pool.query("ANALYZE TABLE notification, notification_recipient, user_inbox");
}
