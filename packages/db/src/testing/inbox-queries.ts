/** A page of everyone's notifications behind a place in it. */
export const notificationPage = `AND createdAt <= UTC_TIMESTAMP(3) + INTERVAL 1 DAY
  AND (createdAt < UTC_TIMESTAMP(3) + INTERVAL 1 DAY OR id < 'f') ORDER BY createdAt DESC, id DESC LIMIT 21`;

/** The queries of inboxes, each with the index that must serve it. */
export function inboxQueries({
  user,
  rule,
  notifications,
}: {
  user: string | undefined;
  rule: string | undefined;
  notifications: unknown[];
}): [index: string, sql: string, values: unknown[]][] {
  return [
    [
      "user_inbox_reconciledAt_idx",
      `SELECT userId FROM user_inbox WHERE reconciledAt < UTC_TIMESTAMP(3) - INTERVAL 24 HOUR
      ORDER BY reconciledAt LIMIT 20`,
      [],
    ],
    [
      "notification_tellDueAt_idx",
      "SELECT id FROM notification WHERE tellDueAt <= UTC_TIMESTAMP(3) ORDER BY tellDueAt LIMIT 1000",
      [],
    ],
    [
      "PRIMARY",
      "SELECT * FROM notification_recipient WHERE userId = ? AND deletedAt IS NULL ORDER BY notificationId DESC LIMIT 20",
      [user],
    ],
    [
      "notification_recipient_userId_seq_key",
      "SELECT notificationId FROM notification_recipient WHERE userId = ? AND seq > 390 ORDER BY seq LIMIT 100",
      [user],
    ],
    [
      "notification_recipient_userId_readAt_notificationId_idx",
      `SELECT * FROM notification_recipient
      WHERE userId = ? AND readAt IS NULL AND deletedAt IS NULL ORDER BY notificationId DESC LIMIT 20`,
      [user],
    ],
    [
      "notification_recipient_notificationId_acknowledgedAt_userId_idx",
      "SELECT notificationId, userId, acknowledgedAt FROM notification_recipient WHERE notificationId IN (?, ?)",
      notifications,
    ],
    [
      "notification_recipient_notificationId_acknowledgedAt_userId_idx",
      `SELECT notificationId, userId, acknowledgedAt FROM notification_recipient
      WHERE notificationId = ? AND acknowledgedAt IS NULL ORDER BY userId LIMIT 100`,
      notifications.slice(0, 1),
    ],
    [
      "notification_createdAt_idx",
      `SELECT id, createdAt FROM notification WHERE TRUE ${notificationPage}`,
      [],
    ],
    [
      "notification_priority_createdAt_idx",
      `SELECT id, createdAt FROM notification WHERE priority = 1 ${notificationPage}`,
      [],
    ],
    [
      "notification_kind_createdAt_idx",
      `SELECT id, createdAt FROM notification WHERE kind = 'storm' ${notificationPage}`,
      [],
    ],
    [
      "notification_ruleId_createdAt_idx",
      `SELECT id, createdAt FROM notification WHERE ruleId = ? ${notificationPage}`,
      [rule],
    ],
    ["PRIMARY", "SELECT unread FROM user_inbox WHERE userId = ?", [user]],
  ];
}
