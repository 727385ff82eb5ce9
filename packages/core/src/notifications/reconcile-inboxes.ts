import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { InboxCounts } from "./inbox-counts.ts";

/** How many inboxes are counted with one statement. */
const chunkRows = 20;

/** How many inboxes one pass looks at. */
const passRows = 1000;

/** How old the last look at an inbox may be. Hours. */
const everyHours = 24;

/** What an inbox keeps: its counts, and the last change number it gave. */
type Kept = InboxCounts & { lastSeq: number };

/** What an inbox keeps, and what its copies say. */
interface Compared {
  userId: string;
  before: Kept;
  after: Kept;
}

/**
 * Holds what inboxes keep against their copies, each inbox once a day, and mends what differs. Several workers may do
 * so at once: an inbox is one worker's. Nothing should ever differ; what did is for the log.
 */
export async function reconcileInboxes(pool: Pool): Promise<{ checked: number; mended: Compared[] }> {
  const mended: Compared[] = [];
  let checked = 0;
  while (checked < passRows) {
    const userIds = await claim(pool);
    if (userIds.length === 0) break;
    checked += userIds.length;
    const differing = (await compare(pool, userIds)).filter(isDifferent);
    for (const { userId } of differing) {
      const one = await mend(pool, userId);
      if (one) mended.push(one);
    }
  }
  return { checked, mended };
}

async function claim(pool: Pool): Promise<string[]> {
  return withPoolTransaction(pool, async (connection) => {
    const rows = await connection.query<{ userId: string }[]>(
      `SELECT userId FROM user_inbox WHERE reconciledAt < UTC_TIMESTAMP(3) - INTERVAL ? HOUR
        ORDER BY reconciledAt LIMIT ? FOR UPDATE SKIP LOCKED`,
      [everyHours, chunkRows],
    );
    const userIds = rows.map(({ userId }) => userId);
    if (userIds.length === 0) return [];
    await connection.query(
      `UPDATE user_inbox SET reconciledAt = UTC_TIMESTAMP(3) WHERE userId IN (${placeholders(userIds)})`,
      userIds,
    );
    return userIds;
  });
}

interface CountedCopies {
  ofLastSeq: number;
  ofUnread: number;
  ofListed: number;
  ofAcknowledged: number;
  ofArchived: number;
}

/** One statement sees inboxes and copies as of one moment: each change commits both. */
async function compare(connection: Queryable, userIds: readonly string[]): Promise<Compared[]> {
  const isListed = "deletedAt IS NULL AND archivedAt IS NULL";
  const rows = await connection.query<(Kept & CountedCopies & { userId: string })[]>(
    `SELECT inbox.userId, inbox.lastSeq, inbox.unread, inbox.listed, inbox.acknowledged, inbox.archived,
            GREATEST(inbox.lastSeq, COALESCE(MAX(seq), 0)) AS ofLastSeq,
            COUNT(IF(${isListed} AND readAt IS NULL, seq, NULL)) AS ofUnread,
            COUNT(IF(${isListed}, seq, NULL)) AS ofListed,
            COUNT(IF(${isListed} AND acknowledgedAt IS NOT NULL, seq, NULL)) AS ofAcknowledged,
            COUNT(IF(deletedAt IS NULL AND archivedAt IS NOT NULL, seq, NULL)) AS ofArchived
       FROM user_inbox AS inbox LEFT JOIN notification_recipient AS copy ON copy.userId = inbox.userId
      WHERE inbox.userId IN (${placeholders(userIds)})
      GROUP BY inbox.userId, inbox.lastSeq, inbox.unread, inbox.listed, inbox.acknowledged, inbox.archived`,
    userIds,
  );
  return rows.map(({ userId, lastSeq, unread, listed, acknowledged, archived, ...copies }) => ({
    userId,
    before: { lastSeq, unread, listed, acknowledged, archived },
    after: {
      lastSeq: copies.ofLastSeq,
      unread: copies.ofUnread,
      listed: copies.ofListed,
      acknowledged: copies.ofAcknowledged,
      archived: copies.ofArchived,
    },
  }));
}

const names = ["lastSeq", "unread", "listed", "acknowledged", "archived"] as const;

function isDifferent({ before, after }: Compared): boolean {
  return names.some((name) => before[name] !== after[name]);
}

/** Counts again with the inbox locked, so that nothing changes meanwhile. */
async function mend(pool: Pool, userId: string): Promise<Compared | null> {
  return withPoolTransaction(pool, async (connection) => {
    await connection.query("SELECT userId FROM user_inbox WHERE userId = ? FOR UPDATE", [userId]);
    const [compared] = await compare(connection, [userId]);
    if (!compared || !isDifferent(compared)) return null;
    await connection.query(
      `UPDATE user_inbox SET ${names.map((name) => `${name} = ?`).join(", ")} WHERE userId = ?`,
      [...names.map((name) => compared.after[name]), userId],
    );
    return compared;
  });
}
