import { type Pool, withPoolTransaction } from "@tocsin/db/pool";
import { type Pruning, pruneInSteps, stepRows } from "./prune-in-steps.ts";

/** How many inboxes are looked into at once. */
const inboxesAtOnce = 1000;

/**
 * The inboxes after `?` whose oldest change is a deletion before `?`. In the order of the whole index, of which `userId`
 * is the first part: by `seq` alone, MySQL reads and sorts every change of each inbox to find the oldest.
 */
export const forgettingInboxesSql = `
  SELECT userId, forgets FROM (
    SELECT userId,
           (SELECT COALESCE(deletedAt < ?, FALSE) FROM notification_recipient AS copy
             WHERE copy.userId = user_inbox.userId ORDER BY copy.userId, seq LIMIT 1) AS forgets
      FROM user_inbox WHERE userId > ? ORDER BY userId LIMIT ${inboxesAtOnce}) AS inbox`;

/** A person's oldest changes. */
export const oldestChangesSql = `
  SELECT seq, deletedAt FROM notification_recipient WHERE userId = ? ORDER BY seq LIMIT ${stepRows}`;

/**
 * Forgets that people deleted notifications before this time, from the oldest change of each inbox up to the first
 * that is not such a deletion: so every row that stays has a greater change number than every row that went, and one
 * number (`prunedSeq`) tells which clients may have missed something.
 * @returns how many rows
 */
export async function pruneDeletions(pruning: Pruning, before: Date): Promise<number> {
  const { pool, signal } = pruning;
  let total = 0;
  for await (const userId of forgettingInboxes(pool, before)) {
    if (signal.aborted) break;
    total += await pruneInSteps(pruning, () => forgetOldest(pool, userId, before));
  }
  return total;
}

async function forgetOldest(
  pool: Pool,
  userId: string,
  before: Date,
): Promise<{ rows: number; isLast: boolean }> {
  return withPoolTransaction(pool, async (connection) => {
    await connection.query("SELECT userId FROM user_inbox WHERE userId = ? FOR UPDATE", [userId]);
    const changes = await connection.query<{ seq: number; deletedAt: Date | null }[]>(oldestChangesSql, [
      userId,
    ]);
    const firstKept = changes.findIndex(({ deletedAt }) => deletedAt === null || deletedAt >= before);
    const forgotten = firstKept === -1 ? changes : changes.slice(0, firstKept);
    const last = forgotten.at(-1);
    if (!last) return { rows: 0, isLast: true };
    await connection.query("UPDATE user_inbox SET prunedSeq = ? WHERE userId = ?", [last.seq, userId]);
    await connection.query("DELETE FROM notification_recipient WHERE userId = ? AND seq <= ?", [
      userId,
      last.seq,
    ]);
    return { rows: forgotten.length, isLast: forgotten.length < stepRows };
  });
}

/** How many rows would go. */
export async function countDeletions(pool: Pool, before: Date): Promise<number> {
  let total = 0;
  for await (const userId of forgettingInboxes(pool, before)) {
    const [row] = await pool.query<{ count: number }[]>(
      `SELECT COUNT(*) AS count FROM notification_recipient
        WHERE userId = ? AND seq < COALESCE((
          SELECT seq FROM notification_recipient
           WHERE userId = ? AND (deletedAt IS NULL OR deletedAt >= ?) ORDER BY seq LIMIT 1), ${Number.MAX_SAFE_INTEGER})`,
      [userId, userId, before],
    );
    total += row?.count ?? 0;
  }
  return total;
}

async function* forgettingInboxes(pool: Pool, before: Date): AsyncGenerator<string> {
  let after = "";
  for (;;) {
    const inboxes = await pool.query<{ userId: string; forgets: number | null }[]>(forgettingInboxesSql, [
      before,
      after,
    ]);
    for (const { userId, forgets } of inboxes) if (forgets === 1) yield userId;
    const last = inboxes.at(-1);
    if (!last || inboxes.length < inboxesAtOnce) return;
    after = last.userId;
  }
}
