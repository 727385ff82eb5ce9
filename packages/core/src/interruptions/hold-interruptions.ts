import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { type CopyGroup, type CopyPlace, groupCopies } from "../delivery/group-copies.ts";
import type { Hold } from "./why-held.ts";

/** An interruption that does not happen. */
export interface HeldCopy extends CopyPlace {
  hold: Hold;
}

/** Writes down who is not interrupted and why, and when a summary is to tell them. Their inboxes have the alert. */
export async function holdInterruptions(pool: Pool, held: readonly HeldCopy[]): Promise<void> {
  if (held.length === 0) return;
  await withPoolTransaction(pool, async (connection) => {
    const byHold = [
      ...Map.groupBy(held, ({ hold }) => `${hold.reason} ${hold.summaryAt?.getTime()}`).values(),
    ];
    // Sent together, and done one after the other.
    await Promise.all([
      announceSummaries(connection, held),
      ...byHold.flatMap((some) => {
        const [first] = some;
        return first ? groupCopies(some).map((copies) => markHeld(connection, copies, first.hold)) : [];
      }),
    ]);
  });
}

async function markHeld(
  connection: Queryable,
  { notificationIds, userIds }: CopyGroup,
  { reason, summaryAt }: Hold,
): Promise<void> {
  await connection.query(
    `UPDATE notification_recipient SET heldReason = ?, summaryAt = ?
      WHERE notificationId IN (${placeholders(notificationIds)}) AND userId IN (${placeholders(userIds)})`,
    [reason, summaryAt, ...notificationIds, ...userIds],
  );
}

/** The summary comes at the earliest of the times that its alerts ask for. */
async function announceSummaries(connection: Queryable, held: readonly HeldCopy[]): Promise<void> {
  const summarised = held.flatMap(({ userId, hold: { summaryAt } }) =>
    summaryAt === null ? [] : [{ userId, summaryAt }],
  );
  const byUser = [...Map.groupBy(summarised, ({ userId }) => userId)].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  if (byUser.length === 0) return;
  await connection.query(
    `INSERT INTO user_inbox (userId, held, summaryDueAt) VALUES ${byUser.map(() => "(?, ?, ?)").join(", ")}
     ON DUPLICATE KEY UPDATE held = held + VALUES(held),
       summaryDueAt = LEAST(COALESCE(summaryDueAt, VALUES(summaryDueAt)), VALUES(summaryDueAt))`,
    byUser.flatMap(([userId, own]) => [
      userId,
      own.length,
      new Date(Math.min(...own.map(({ summaryAt }) => summaryAt.getTime()))),
    ]),
  );
}
