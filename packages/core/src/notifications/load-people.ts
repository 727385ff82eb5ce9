import { namedRecipients } from "@tocsin/contracts/api/notifications";
import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** The people of a notification, those who acknowledged it first. */
export interface People {
  recipients: string[];
  acknowledgedBy: string[];
}

interface PersonRow {
  notificationId: string;
  userId: string;
  acknowledgedAt: Date | null;
}

const nobody: People = { recipients: [], acknowledgedBy: [] };
const columns = "notificationId, userId, acknowledgedAt";

/** Everyone who acknowledged it, and so many of the others. Values: the notification's id, twice. */
const firstPeople = `
  (SELECT ${columns} FROM notification_recipient WHERE notificationId = ? AND acknowledgedAt IS NOT NULL)
  UNION ALL
  (SELECT ${columns} FROM notification_recipient WHERE notificationId = ? AND acknowledgedAt IS NULL
    ORDER BY userId LIMIT ${namedRecipients})`;

/**
 * The people of some notifications, with one query that an index alone answers. Everyone who acknowledged is named; of
 * the others of a notification that went to many only as many as an answer shows.
 */
export async function loadPeople(
  db: Queryable,
  notifications: readonly { id: string; recipientCount: number }[],
): Promise<(notificationId: string) => People> {
  if (notifications.length === 0) return () => nobody;
  const few = notifications.filter(({ recipientCount }) => recipientCount <= namedRecipients);
  const many = notifications.filter(({ recipientCount }) => recipientCount > namedRecipients);
  const everyone = `SELECT ${columns} FROM notification_recipient WHERE notificationId IN (${placeholders(few)})`;
  const rows = await db.query<PersonRow[]>(
    [...(few.length > 0 ? [everyone] : []), ...many.map(() => firstPeople)].join(" UNION ALL "),
    [...few.map(({ id }) => id), ...many.flatMap(({ id }) => [id, id])],
  );
  const rowsOf = Map.groupBy(rows, ({ notificationId }) => notificationId);
  return (notificationId) => peopleOf(rowsOf.get(notificationId) ?? []);
}

function peopleOf(rows: readonly PersonRow[]): People {
  const acknowledgedBy = rows.flatMap((row) => (row.acknowledgedAt === null ? [] : row.userId)).toSorted();
  const others = rows.flatMap((row) => (row.acknowledgedAt === null ? row.userId : [])).toSorted();
  return { recipients: [...acknowledgedBy, ...others].slice(0, namedRecipients), acknowledgedBy };
}
