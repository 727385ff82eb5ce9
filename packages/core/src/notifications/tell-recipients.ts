import { namedRecipients } from "@tocsin/contracts/api/notifications";
import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** How many people one transaction tells: so many inboxes are locked at once. */
const chunkRows = 1000;

/** How many notifications one pass takes. */
const passRows = 1000;

/**
 * Somebody acknowledged notifications that wait for others still: their recipients are to be told, each time where they
 * are few enough to be named, else the first time. What ends a notification is told in any case.
 */
export async function tellOfAcknowledgements(connection: Queryable, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await connection.query(
    `UPDATE notification SET tellDueAt = UTC_TIMESTAMP(3), tellAfterUserId = NULL
      WHERE id IN (${placeholders(ids)}) AND recipientCount > 1
        AND (recipientCount <= ?
             OR (SELECT COUNT(*) FROM notification_recipient AS copy
                  WHERE copy.notificationId = notification.id AND copy.acknowledgedAt IS NOT NULL) = 1)`,
    [...ids, namedRecipients],
  );
}

/** Notifications whose recipients are still to be told that they changed. */
export async function findDueTellings(pool: Pool): Promise<string[]> {
  const rows = await pool.query<{ id: string }[]>(
    "SELECT id FROM notification WHERE tellDueAt <= UTC_TIMESTAMP(3) ORDER BY tellDueAt LIMIT ?",
    [passRows],
  );
  return rows.map(({ id }) => id);
}

/**
 * Gives every copy of changed notifications (acknowledged by somebody, over) the next change number of its owner, so
 * that whoever only syncs learns of it. Does nothing where nothing is due.
 * @returns how many copies were given one
 */
export async function tellRecipients(
  pool: Pool,
  notificationIds: readonly string[],
  chunkSize = chunkRows,
): Promise<number> {
  let told = 0;
  for (const id of notificationIds) {
    for (;;) {
      const step = await withPoolTransaction(pool, (connection) => tellNext(connection, id, chunkSize));
      told += step.told;
      if (step.isDone) break;
    }
  }
  return told;
}

/** Tells the next of a notification's recipients; how far it came is kept with the notification. */
async function tellNext(
  connection: Queryable,
  id: string,
  chunkSize: number,
): Promise<{ told: number; isDone: boolean }> {
  const [due] = await connection.query<{ tellAfterUserId: string | null }[]>(
    `SELECT tellAfterUserId FROM notification WHERE id = ? AND tellDueAt IS NOT NULL FOR UPDATE`,
    [id],
  );
  if (!due) return { told: 0, isDone: true };
  const rows = await connection.query<{ userId: string }[]>(
    `SELECT userId FROM notification_recipient
      WHERE notificationId = ? AND userId > ? AND deletedAt IS NULL ORDER BY userId LIMIT ?`,
    [id, due.tellAfterUserId ?? "", chunkSize],
  );
  const users = rows.map(({ userId }) => userId);
  if (users.length > 0) await advance(connection, id, users);
  const isDone = users.length < chunkSize;
  await connection.query(
    "UPDATE notification SET tellAfterUserId = ?, tellDueAt = IF(?, NULL, tellDueAt) WHERE id = ?",
    [users.at(-1) ?? null, isDone, id],
  );
  return { told: users.length, isDone };
}

/** The inboxes are locked in order, until the commit. */
async function advance(connection: Queryable, id: string, users: readonly string[]): Promise<void> {
  await connection.query(
    `SELECT userId FROM user_inbox WHERE userId IN (${placeholders(users)}) ORDER BY userId FOR UPDATE`,
    users,
  );
  await connection.query(
    `UPDATE user_inbox SET lastSeq = lastSeq + 1 WHERE userId IN (${placeholders(users)})`,
    users,
  );
  await connection.query(
    `UPDATE notification_recipient JOIN user_inbox ON user_inbox.userId = notification_recipient.userId
        SET notification_recipient.seq = user_inbox.lastSeq
      WHERE notification_recipient.notificationId = ? AND notification_recipient.userId IN (${placeholders(users)})
        AND notification_recipient.deletedAt IS NULL`,
    [id, ...users],
  );
}
