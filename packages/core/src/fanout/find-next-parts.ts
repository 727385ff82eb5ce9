import { chunks } from "@tocsin/db/chunks";
import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** Of how many notifications one transaction writes a part at the most. */
export const notificationsPerPart = 5;

/** A part of the people of a notification. */
export interface PartKey {
  notificationId: string;
  id: string;
}

/**
 * The first part that is missing of each notification; together those that are for the same people, whose inboxes are
 * then locked and counted once for all of them.
 */
export async function findNextParts(db: Queryable, ids: readonly string[]): Promise<PartKey[][]> {
  if (ids.length === 0) return [];
  const parts = await db.query<(PartKey & { people: string })[]>(
    `SELECT notificationId, id, SHA2(userIds, 256) AS people
       FROM (SELECT notificationId, MIN(id) AS id FROM fanout_part
              WHERE notificationId IN (${placeholders(ids)}) GROUP BY notificationId) AS first
       JOIN fanout_part USING (notificationId, id)
      ORDER BY notificationId`,
    ids,
  );
  const byPeople = [...Map.groupBy(parts, ({ people }) => people).values()];
  return byPeople.flatMap((some) =>
    chunks(
      some.map(({ notificationId, id }) => ({ notificationId, id })),
      notificationsPerPart,
    ),
  );
}
