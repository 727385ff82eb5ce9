import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { stopPushesOf } from "../push/stop-pushes.ts";
import { type CopyTimes, countsOf, type InboxCounts } from "./inbox-counts.ts";

/** What each verb writes the time into, where there is none yet. The first tells whether it was done before. */
const timesOf = {
  read: ["readAt"],
  acknowledge: ["acknowledgedAt", "readAt"],
  archive: ["archivedAt", "readAt"],
  delete: ["deletedAt", "readAt"],
} as const satisfies Record<string, readonly (keyof CopyTimes)[]>;

/** What people do with their copies of notifications. None of it is ever undone. */
export type CopyVerb = keyof typeof timesOf;

/** What came of a change of one copy. */
export interface CopyOutcome {
  id: string;
  outcome: "changed" | "unchanged" | "not_found";
  /** The person's change number of it from now on; null where there is no copy. */
  seq: number | null;
}

type CopyRow = CopyTimes & { notificationId: string; seq: number };

/**
 * Changes somebody's copies of notifications and gives each change the next of their change numbers. Their counters are
 * locked until the commit, so that whoever has read up to a number never later meets a smaller one. Whoever acts on a
 * notification has seen it: their phones are left alone from then on.
 * @param ids of notifications, each once
 * @returns what came of each, in the order given, and whether any push notification was stopped
 */
export async function changeCopies(
  connection: Queryable,
  userId: string,
  ids: readonly string[],
  verb: CopyVerb,
): Promise<{ outcomes: CopyOutcome[]; hasStoppedPushes: boolean }> {
  const [inbox] = await connection.query<{ lastSeq: number; now: Date }[]>(
    "SELECT lastSeq, UTC_TIMESTAMP(3) AS now FROM user_inbox WHERE userId = ? FOR UPDATE",
    [userId],
  );
  const copies = await connection.query<CopyRow[]>(
    `SELECT notificationId, seq, readAt, acknowledgedAt, archivedAt, deletedAt FROM notification_recipient
      WHERE userId = ? AND notificationId IN (${placeholders(ids)}) AND deletedAt IS NULL
      ORDER BY notificationId`,
    [userId, ...ids],
  );
  const changing = inbox ? copies.filter((copy) => copy[timesOf[verb][0]] === null) : [];
  const seqs = new Map(
    changing.map(({ notificationId }, index) => [notificationId, (inbox?.lastSeq ?? 0) + index + 1]),
  );
  const hasStoppedPushes =
    inbox !== undefined &&
    changing.length > 0 &&
    (await write(connection, userId, { verb, changing, seqs, now: inbox.now }));
  const known = new Map(copies.map((copy) => [copy.notificationId, copy.seq]));
  const outcomes = ids.map((id): CopyOutcome => {
    const changed = seqs.get(id);
    if (changed !== undefined) return { id, outcome: "changed", seq: changed };
    const seq = known.get(id) ?? null;
    return { id, outcome: seq === null ? "not_found" : "unchanged", seq };
  });
  return { outcomes, hasStoppedPushes };
}

interface Change {
  verb: CopyVerb;
  changing: readonly CopyRow[];
  seqs: ReadonlyMap<string, number>;
  now: Date;
}

async function write(
  connection: Queryable,
  userId: string,
  { verb, changing, seqs, now }: Change,
): Promise<boolean> {
  const times = timesOf[verb];
  const delta = (name: keyof InboxCounts) =>
    changing.reduce((sum, copy) => {
      const after = { ...copy, ...Object.fromEntries(times.map((time) => [time, copy[time] ?? now])) };
      return sum + countsOf(after)[name] - countsOf(copy)[name];
    }, 0);
  await connection.query(
    `UPDATE user_inbox
        SET lastSeq = lastSeq + ?, unread = unread + ?, listed = listed + ?, acknowledged = acknowledged + ?,
            archived = archived + ?
      WHERE userId = ?`,
    [changing.length, delta("unread"), delta("listed"), delta("acknowledged"), delta("archived"), userId],
  );
  const ids = [...seqs.keys()];
  await connection.query(
    `UPDATE notification_recipient
        SET seq = CASE notificationId ${ids.map(() => "WHEN ? THEN ?").join(" ")} END,
            ${times.map((time) => `${time} = COALESCE(${time}, ?)`).join(", ")}
      WHERE userId = ? AND notificationId IN (${placeholders(ids)})`,
    [...[...seqs].flat(), ...times.map(() => now), userId, ...ids],
  );
  return stopPushesOf(connection, userId, ids);
}
