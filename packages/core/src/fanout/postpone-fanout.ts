import { chunks } from "@tocsin/db/chunks";
import { newId } from "@tocsin/db/ids";
import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** How many people one part holds: as many copies as one later transaction writes. */
const partUsers = 1000;

/**
 * Notes who is still to get a copy. Nobody is interrupted before all have theirs: the last part makes the delivery due.
 */
export async function postponeFanout(
  connection: Queryable,
  notifications: readonly { id: string; recipients: readonly string[] }[],
): Promise<void> {
  if (notifications.length === 0) return;
  await connection.insertMany(
    "INSERT INTO fanout_part (notificationId, id, userIds) VALUES (?, ?, ?)",
    notifications.flatMap(({ id, recipients }) =>
      chunks(recipients.toSorted(), partUsers).map((userIds) => [id, newId(), JSON.stringify(userIds)]),
    ),
  );
  await connection.query(
    `UPDATE notification SET fanoutDueAt = UTC_TIMESTAMP(3), deliveryDueAt = NULL
      WHERE id IN (${placeholders(notifications)})`,
    notifications.map(({ id }) => id),
  );
}
