import { parseJson, type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { writeCopies } from "../pipeline/write-recipients.ts";

/** What is left after a part: `not ours` where another worker wrote the last one. */
type Left = "some" | "none" | "not ours";

/**
 * Writes the copies of the first part of a notification that is still missing, and moves the notification's cursor
 * behind it. After the last one the delivery is due, unless somebody acknowledged the alert meanwhile or it is resolved.
 */
export async function writePart(pool: Pool, notificationId: string, leaseSeconds: number): Promise<Left> {
  return withPoolTransaction(pool, async (connection) => {
    await connection.query("SELECT id FROM notification WHERE id = ? FOR UPDATE", [notificationId]);
    const [part, next] = await connection.query<{ id: string; userIds: unknown }[]>(
      "SELECT id, userIds FROM fanout_part WHERE notificationId = ? ORDER BY id LIMIT 2 FOR UPDATE",
      [notificationId],
    );
    if (!part) return "not ours";
    const userIds = parseJson<string[]>(part.userIds);
    const recipients = await withoutCopy(connection, notificationId, userIds);
    await writeCopies(connection, [{ id: notificationId, recipients }]);
    await connection.query("DELETE FROM fanout_part WHERE notificationId = ? AND id = ?", [
      notificationId,
      part.id,
    ]);
    await moveCursor(connection, notificationId, {
      after: userIds.at(-1) ?? null,
      isLast: !next,
      leaseSeconds,
    });
    return next ? "some" : "none";
  });
}

/** Who was alerted in another way meanwhile, as by an escalation, has a copy already. */
async function withoutCopy(
  connection: Queryable,
  notificationId: string,
  userIds: readonly string[],
): Promise<string[]> {
  const rows = await connection.query<{ userId: string }[]>(
    `SELECT userId FROM notification_recipient
      WHERE notificationId = ? AND userId IN (${placeholders(userIds)})`,
    [notificationId, ...userIds],
  );
  const known = new Set(rows.map(({ userId }) => userId));
  return userIds.filter((userId) => !known.has(userId));
}

async function moveCursor(
  connection: Queryable,
  id: string,
  { after, isLast, leaseSeconds }: { after: string | null; isLast: boolean; leaseSeconds: number },
): Promise<void> {
  await connection.query(
    isLast
      ? `UPDATE notification
            SET fanoutAfterUserId = ?, fanoutDueAt = NULL,
                deliveryDueAt = IF(acknowledgedAt IS NULL AND resolvedAt IS NULL, UTC_TIMESTAMP(3), NULL)
          WHERE id = ?`
      : `UPDATE notification SET fanoutAfterUserId = ?, fanoutDueAt = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
          WHERE id = ?`,
    isLast ? [after, id] : [after, leaseSeconds, id],
  );
}
