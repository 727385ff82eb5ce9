import { isInfrastructureError } from "@tocsin/db/errors";
import { type Pool, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { findNextParts } from "./find-next-parts.ts";
import { writePart } from "./write-part.ts";

/** How many notifications a worker takes on at once. */
const leaseRows = 20;

/** How long it may take for them before another one takes over. Seconds. */
export const leaseSeconds = 15;

/**
 * Writes what is left of the copies of notifications to very many people, part by part, each in a transaction of its
 * own: a worker that dies leaves whole parts behind, and the next one goes on with the first that is missing.
 * Gives each notification as soon as all have it: its delivery is due, unless it is over already.
 * @param signal ends it early; what is left is due for others at once
 */
export async function* fanOutDue(pool: Pool, signal?: AbortSignal): AsyncGenerator<string, void> {
  while (!signal?.aborted) {
    const ids = await lease(pool);
    if (ids.length === 0) return;
    try {
      yield* writeParts(pool, ids, signal);
    } catch (error) {
      if (isInfrastructureError(error)) await giveBack(pool, ids);
      throw error;
    }
    if (signal?.aborted) await giveBack(pool, ids);
  }
}

/** Takes on those that are due, unless another worker was faster. */
async function lease(pool: Pool): Promise<string[]> {
  return withPoolTransaction(pool, async (connection) => {
    const due = await connection.query<{ id: string }[]>(
      `SELECT id FROM notification WHERE fanoutDueAt <= UTC_TIMESTAMP(3)
        ORDER BY fanoutDueAt LIMIT ${leaseRows} FOR UPDATE SKIP LOCKED`,
    );
    if (due.length === 0) return [];
    const ids = due.map(({ id }) => id);
    await connection.query(
      `UPDATE notification SET fanoutDueAt = UTC_TIMESTAMP(3) + INTERVAL ? SECOND WHERE id IN (${placeholders(ids)})`,
      [leaseSeconds, ...ids],
    );
    return ids;
  });
}

/** Lets others take on at once what is left, if MySQL hears of it; else when the lease ends. */
async function giveBack(pool: Pool, ids: readonly string[]): Promise<void> {
  await pool
    .query(
      `UPDATE notification FORCE INDEX (PRIMARY) SET fanoutDueAt = UTC_TIMESTAMP(3)
        WHERE id IN (${placeholders(ids)}) AND fanoutDueAt IS NOT NULL`,
      ids,
    )
    .catch(() => undefined);
}

/** Goes on with the others where one cannot be written, and says so at the end. */
async function* writeParts(
  pool: Pool,
  ids: readonly string[],
  signal: AbortSignal | undefined,
): AsyncGenerator<string, void> {
  const broken = new Map<string, unknown>();
  const isWhole = (id: string) => !broken.has(id);
  for (let parts = await findNextParts(pool, ids); parts.length > 0;) {
    const waiting = [...parts];
    // One after the other: they write to the same inboxes.
    for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) {
      if (signal?.aborted) return;
      try {
        yield* await writePart(pool, part, leaseSeconds);
      } catch (error) {
        if (isInfrastructureError(error)) throw error;
        const [only, ...others] = part;
        if (only && others.length === 0) broken.set(only.notificationId, error);
        else waiting.unshift(...part.map((key) => [key]));
      }
    }
    parts = await findNextParts(pool, ids.filter(isWhole));
  }
  if (broken.size > 0) {
    throw new AggregateError(
      [...broken.values()],
      `Copies cannot be written: ${[...broken.keys()].join(", ")}`,
    );
  }
}
