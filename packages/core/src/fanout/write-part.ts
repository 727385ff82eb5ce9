import { parseJson, type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { lockNotifications } from "../notifications/acknowledge-whole.ts";
import { writeCopies } from "../pipeline/write-recipients.ts";
import type { PartKey } from "./find-next-parts.ts";

/**
 * Writes the copies of one part of each of some notifications, all for the same people, and moves the notifications'
 * cursors behind it. After its last part the delivery of a notification is due, unless somebody acknowledged the alert
 * meanwhile or it is resolved. Leaves alone what another worker wrote meanwhile.
 * @returns those that all have now
 */
export async function writePart(
  pool: Pool,
  parts: readonly PartKey[],
  leaseSeconds: number,
): Promise<string[]> {
  return withPoolTransaction(pool, async (connection) => {
    await lockNotifications(
      connection,
      parts.map(({ notificationId }) => notificationId),
    );
    const missing = await loadParts(connection, parts);
    const [first] = missing;
    if (!first) return [];
    const userIds = parseJson<string[]>(first.userIds);
    const ids = missing.map(({ notificationId }) => notificationId);
    const known = await findCopies(connection, ids, userIds);
    await writeCopies(
      connection,
      ids.map((id) => ({ id, recipients: userIds.filter((userId) => !known.has(copyKey(id, userId))) })),
    );
    const [, , finished] = await Promise.all([
      deleteParts(connection, missing),
      moveCursors(connection, ids, { after: userIds.at(-1) ?? null, leaseSeconds }),
      findFinished(connection, ids),
    ]);
    return finished;
  });
}

async function loadParts(
  connection: Queryable,
  parts: readonly PartKey[],
): Promise<(PartKey & { userIds: unknown })[]> {
  return connection.query(
    `SELECT notificationId, id, userIds FROM fanout_part
      WHERE (notificationId, id) IN (${parts.map(() => "(?, ?)").join(", ")}) ORDER BY notificationId FOR UPDATE`,
    parts.flatMap(({ notificationId, id }) => [notificationId, id]),
  );
}

const copyKey = (notificationId: string, userId: string) => `${notificationId}:${userId}`;

/** Who was alerted in another way meanwhile, as by an escalation, has a copy already. */
async function findCopies(
  connection: Queryable,
  ids: readonly string[],
  userIds: readonly string[],
): Promise<Set<string>> {
  const rows = await connection.query<{ notificationId: string; userId: string }[]>(
    `SELECT notificationId, userId
       FROM notification_recipient FORCE INDEX (notification_recipient_notificationId_acknowledgedAt_userId_idx)
      WHERE notificationId IN (${placeholders(ids)})
        -- Most are not acknowledged yet: of those only these people's are looked at.
        AND (acknowledgedAt IS NULL OR acknowledgedAt > '1000-01-01') AND userId BETWEEN ? AND ?`,
    [...ids, userIds.at(0), userIds.at(-1)],
  );
  return new Set(rows.map(({ notificationId, userId }) => copyKey(notificationId, userId)));
}

/** One by one: by more than one key MariaDB may look at every part there is, and wait for those of other workers. */
async function deleteParts(connection: Queryable, parts: readonly PartKey[]): Promise<void> {
  await Promise.all(
    parts.map(({ notificationId, id }) =>
      connection.query("DELETE FROM fanout_part WHERE notificationId = ? AND id = ?", [notificationId, id]),
    ),
  );
}

async function moveCursors(
  connection: Queryable,
  ids: readonly string[],
  { after, leaseSeconds }: { after: string | null; leaseSeconds: number },
): Promise<void> {
  const isLast = `NOT EXISTS (SELECT 1 FROM fanout_part WHERE fanout_part.notificationId = notification.id)`;
  await connection.query(
    `UPDATE notification
        SET fanoutAfterUserId = ?,
            deliveryDueAt = IF(${isLast} AND acknowledgedAt IS NULL AND resolvedAt IS NULL, UTC_TIMESTAMP(3), NULL),
            fanoutDueAt = IF(${isLast}, NULL, UTC_TIMESTAMP(3) + INTERVAL ? SECOND)
      WHERE id IN (${placeholders(ids)})`,
    [after, leaseSeconds, ...ids],
  );
}

async function findFinished(connection: Queryable, ids: readonly string[]): Promise<string[]> {
  const rows = await connection.query<{ id: string }[]>(
    `SELECT id FROM notification WHERE id IN (${placeholders(ids)}) AND fanoutDueAt IS NULL ORDER BY id`,
    ids,
  );
  return rows.map(({ id }) => id);
}
