import type { NotificationRecipient } from "@tocsin/db/client";
import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { countsOf, type InboxCounts } from "../notifications/inbox-counts.ts";

/** How many copies one transaction takes. Looking up a thousand by both halves of their key costs MariaDB a second. */
const copiesAtOnce = 200;

type CopyKey = Pick<NotificationRecipient, "userId" | "notificationId">;
type Copy = CopyKey &
  Pick<
    NotificationRecipient,
    "readAt" | "acknowledgedAt" | "archivedAt" | "deletedAt" | "kind" | "priority" | "createdAt"
  >;

/**
 * Takes notifications out of everybody's inbox, as if each person had deleted theirs: each such change has its change
 * number, so that clients learn of it, and the counters stay exact.
 * @returns how many copies there were
 */
export async function withdrawCopies(pool: Pool, notificationIds: readonly string[]): Promise<number> {
  let total = 0;
  for (;;) {
    const keys = await pool.query<CopyKey[]>(
      `SELECT userId, notificationId FROM notification_recipient
        WHERE notificationId IN (${placeholders(notificationIds)}) AND deletedAt IS NULL LIMIT ${copiesAtOnce}`,
      notificationIds,
    );
    if (keys.length === 0) return total;
    total += await withPoolTransaction(pool, (connection) => withdraw(connection, keys));
  }
}

async function withdraw(connection: Queryable, keys: readonly CopyKey[]): Promise<number> {
  const users = [...new Set(keys.map(({ userId }) => userId))].toSorted();
  const inboxes = await connection.query<{ userId: string; lastSeq: number; now: Date }[]>(
    `SELECT userId, lastSeq, UTC_TIMESTAMP(3) AS now FROM user_inbox
      WHERE userId IN (${placeholders(users)}) ORDER BY userId FOR UPDATE`,
    users,
  );
  // Only now do they hold still.
  const copies = await connection.query<Copy[]>(
    `SELECT userId, notificationId, readAt, acknowledgedAt, archivedAt, deletedAt, kind, priority, createdAt
       FROM notification_recipient
      WHERE deletedAt IS NULL AND (${keys.map(() => "(userId = ? AND notificationId = ?)").join(" OR ")})
      ORDER BY userId, notificationId`,
    keys.flatMap(({ userId, notificationId }) => [userId, notificationId]),
  );
  const [now] = inboxes.map((inbox) => inbox.now);
  if (!now || copies.length === 0) return 0;
  const copiesByUser = Map.groupBy(copies, ({ userId }) => userId);
  await lowerCounts(connection, copiesByUser);
  await markDeleted(connection, inboxes, copiesByUser, now);
  return copies.length;
}

async function lowerCounts(
  connection: Queryable,
  copiesByUser: ReadonlyMap<string, readonly Copy[]>,
): Promise<void> {
  await connection.query(
    `INSERT INTO user_inbox (userId, lastSeq, unread, listed, acknowledged, archived)
     VALUES ${[...copiesByUser].map(() => "(?, ?, ?, ?, ?, ?)").join(", ")}
     ON DUPLICATE KEY UPDATE lastSeq = lastSeq + VALUES(lastSeq), unread = unread - VALUES(unread),
       listed = listed - VALUES(listed), acknowledged = acknowledged - VALUES(acknowledged),
       archived = archived - VALUES(archived)`,
    [...copiesByUser].flatMap(([userId, copies]) => {
      const { unread, listed, acknowledged, archived } = sumCounts(copies);
      return [userId, copies.length, unread, listed, acknowledged, archived];
    }),
  );
}

function sumCounts(copies: readonly Copy[]): InboxCounts {
  return copies.map(countsOf).reduce((sum, counts) => ({
    unread: sum.unread + counts.unread,
    listed: sum.listed + counts.listed,
    acknowledged: sum.acknowledged + counts.acknowledged,
    archived: sum.archived + counts.archived,
  }));
}

async function markDeleted(
  connection: Queryable,
  inboxes: readonly { userId: string; lastSeq: number }[],
  copiesByUser: ReadonlyMap<string, readonly Copy[]>,
  now: Date,
): Promise<void> {
  const rows = inboxes.flatMap(({ userId, lastSeq }) =>
    (copiesByUser.get(userId) ?? []).map(({ notificationId, kind, priority, createdAt }, index) => [
      ...[userId, notificationId, lastSeq + index + 1],
      ...[kind, priority, createdAt, now],
    ]),
  );
  await connection.query(
    `INSERT INTO notification_recipient (userId, notificationId, seq, kind, priority, createdAt, deletedAt)
     VALUES ${rows.map(() => "(?, ?, ?, ?, ?, ?, ?)").join(", ")}
     ON DUPLICATE KEY UPDATE seq = VALUES(seq), deletedAt = VALUES(deletedAt)`,
    rows.flat(),
  );
}
