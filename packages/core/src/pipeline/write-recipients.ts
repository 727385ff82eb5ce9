import { chunks } from "@tocsin/db/chunks";
import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { postponeFanout } from "../fanout/postpone-fanout.ts";
import { splitByRoom } from "../fanout/split-by-room.ts";
import type { NewNotification } from "./new-notification.ts";

/** For how many people one statement writes copies. */
const chunkUsers = 1000;

/** A notification with people who are to get a copy of it. */
type Addressed = Pick<NewNotification, "id" | "recipients">;

/** Notifications that the same people get. */
interface Copies {
  notificationIds: readonly string[];
  userIds: readonly string[];
}

/**
 * Puts notifications into their recipients' inboxes: at once as many copies as one transaction may hold, those of the
 * other notifications in parts, later.
 */
export async function writeRecipients(
  connection: Queryable,
  notifications: readonly Addressed[],
): Promise<void> {
  const { now, later } = splitByRoom(notifications);
  await writeCopies(connection, now);
  await postponeFanout(connection, later);
}

/**
 * Writes copies of notifications that are written already, whatever their number. Each recipient's counters are locked,
 * in order, until the commit: a client that has read up to a change number never later meets a smaller one.
 */
export async function writeCopies(connection: Queryable, notifications: readonly Addressed[]): Promise<void> {
  const groups = groupByPeople(notifications);
  // Sent together, and done one after the other.
  await Promise.all([
    groups.length > 1 && lockInboxes(connection, groups),
    ...groups.flatMap((copies) => [countCopies(connection, copies), insertCopies(connection, copies)]),
  ]);
}

/** Alerts of one rule have the same people, and so have most rules of one team. */
function groupByPeople(notifications: readonly Addressed[]): Copies[] {
  const byPeople = Map.groupBy(notifications, ({ recipients }) => recipients.toSorted().join());
  return [...byPeople.values()].flatMap((some) =>
    chunks(some[0]?.recipients.toSorted() ?? [], chunkUsers).map((userIds) => ({
      notificationIds: some.map(({ id }) => id),
      userIds,
    })),
  );
}

async function lockInboxes(connection: Queryable, groups: readonly Copies[]): Promise<void> {
  const userIds = [...new Set(groups.flatMap((group) => group.userIds))].toSorted();
  await connection.query(
    `SELECT userId FROM user_inbox WHERE userId IN (${placeholders(userIds)}) ORDER BY userId FOR UPDATE`,
    userIds,
  );
}

/** Takes the next change numbers of each person. */
async function countCopies(
  connection: Queryable,
  { notificationIds: { length: count }, userIds }: Copies,
): Promise<void> {
  await connection.query(
    `INSERT INTO user_inbox (userId, lastSeq, unread, listed)
     VALUES ${userIds.map(() => "(?, ?, ?, ?)").join(", ")}
     ON DUPLICATE KEY UPDATE lastSeq = lastSeq + VALUES(lastSeq), unread = unread + VALUES(unread),
                             listed = listed + VALUES(listed)`,
    userIds.flatMap((userId) => [userId, count, count, count]),
  );
}

/** The server has all that a copy is made of. The last notification gets the last of the numbers that were taken. */
async function insertCopies(connection: Queryable, { notificationIds, userIds }: Copies): Promise<void> {
  const { affectedRows } = await connection.query<{ affectedRows: number }>(
    `INSERT INTO notification_recipient (userId, notificationId, seq, ruleId, kind, priority, createdAt)
     SELECT inbox.userId, notification.id, inbox.lastSeq - ? + FIELD(notification.id, ${placeholders(notificationIds)}),
            notification.ruleId, notification.kind, notification.priority, notification.createdAt
       FROM user_inbox AS inbox JOIN notification ON notification.id IN (${placeholders(notificationIds)})
      WHERE inbox.userId IN (${placeholders(userIds)})`,
    [notificationIds.length, ...notificationIds, ...notificationIds, ...userIds],
  );
  const wanted = notificationIds.length * userIds.length;
  if (affectedRows !== wanted) throw new Error(`${affectedRows} of ${wanted} copies could be written`);
}
