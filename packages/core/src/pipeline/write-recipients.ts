import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { postponeFanout } from "../fanout/postpone-fanout.ts";
import { splitByRoom } from "../fanout/split-by-room.ts";
import type { NewNotification } from "./new-notification.ts";

/** The most rows of one INSERT. */
const chunkRows = 1000;

/** One person's copy of a notification, with the person's change number for it. */
interface RecipientRow {
  userId: string;
  notificationId: string;
  seq: number;
}

/** What every copy of a notification holds of it: inboxes are filtered by this. */
interface CopiedFields {
  ruleId: string | null;
  kind: NewNotification["kind"] | "drill";
  priority: number;
  createdAt: Date;
}

/** A notification with people who are to get a copy of it. */
type Addressed = Pick<NewNotification, "id" | "recipients">;

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
 * Writes copies of notifications, whatever their number. Each recipient's counters are locked, in order, until the
 * commit: a client that has read up to a change number never later meets a smaller one.
 */
export async function writeCopies(connection: Queryable, notifications: readonly Addressed[]): Promise<void> {
  const idsByUser = new Map<string, string[]>();
  for (const { id, recipients } of notifications) {
    for (const userId of recipients) {
      const own = idsByUser.get(userId);
      if (own) own.push(id);
      else idsByUser.set(userId, [id]);
    }
  }
  const users = [...idsByUser.keys()].toSorted();
  if (users.length === 0) return;
  const fields = await loadCopiedFields(
    connection,
    notifications.map(({ id }) => id),
  );
  for (let start = 0; start < users.length; start += chunkRows) {
    const some = users.slice(start, start + chunkRows);
    const lastSeqs = await advanceInboxes(connection, some, idsByUser);
    await insertRecipients(connection, numberRows(some, idsByUser, lastSeqs), fields);
  }
}

async function loadCopiedFields(
  connection: Queryable,
  ids: readonly string[],
): Promise<Map<string, CopiedFields>> {
  const rows = await connection.query<(CopiedFields & { id: string })[]>(
    `SELECT id, ruleId, kind, priority, createdAt FROM notification WHERE id IN (${placeholders(ids)})`,
    ids,
  );
  return new Map(rows.map((row) => [row.id, row]));
}

async function advanceInboxes(
  connection: Queryable,
  users: readonly string[],
  idsByUser: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, number>> {
  await connection.query(
    `INSERT INTO user_inbox (userId, lastSeq, unread, listed)
     VALUES ${users.map(() => "(?, ?, ?, ?)").join(", ")}
     ON DUPLICATE KEY UPDATE lastSeq = lastSeq + VALUES(lastSeq), unread = unread + VALUES(unread),
                             listed = listed + VALUES(listed)`,
    users.flatMap((userId) => {
      const count = idsByUser.get(userId)?.length ?? 0;
      return [userId, count, count, count];
    }),
  );
  const rows = await connection.query<{ userId: string; lastSeq: number }[]>(
    `SELECT userId, lastSeq FROM user_inbox WHERE userId IN (${placeholders(users)})`,
    [...users],
  );
  return new Map(rows.map(({ userId, lastSeq }) => [userId, lastSeq]));
}

function numberRows(
  users: readonly string[],
  idsByUser: ReadonlyMap<string, readonly string[]>,
  lastSeqs: ReadonlyMap<string, number>,
): RecipientRow[] {
  return users.flatMap((userId) => {
    const ids = idsByUser.get(userId) ?? [];
    const first = (lastSeqs.get(userId) ?? ids.length) - ids.length + 1;
    return ids.map((notificationId, index) => ({ userId, notificationId, seq: first + index }));
  });
}

async function insertRecipients(
  connection: Queryable,
  recipients: readonly RecipientRow[],
  fields: ReadonlyMap<string, CopiedFields>,
): Promise<void> {
  for (let start = 0; start < recipients.length; start += chunkRows) {
    await connection.insertMany(
      `INSERT INTO notification_recipient (userId, notificationId, seq, ruleId, kind, priority, createdAt)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      recipients.slice(start, start + chunkRows).map(({ userId, notificationId, seq }) => {
        const { ruleId, kind, priority, createdAt } = fieldsOf(fields, notificationId);
        return [userId, notificationId, seq, ruleId, kind, priority, createdAt];
      }),
    );
  }
}

function fieldsOf(fields: ReadonlyMap<string, CopiedFields>, notificationId: string): CopiedFields {
  const found = fields.get(notificationId);
  if (!found) throw new Error(`Notification ${notificationId} was not written before its recipients`);
  return found;
}
