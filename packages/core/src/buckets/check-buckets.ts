import { type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Services } from "../context.ts";
import { announceEvents } from "../events/announce-events.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { PreparedEvent } from "../events/prepare-event.ts";
import { bucketEvent, type CrossedBucket } from "./bucket-event.ts";

export type BucketServices = Pick<Services, "pool" | "redis" | "log">;

/** A balance on the other side of the line than the state says; between the two lines the state stays as it is. */
export const hasCrossed = `((state = 'ok' AND currentBalance < threshold)
  OR (state = 'breached' AND currentBalance >= threshold + hysteresis))`;

/**
 * Gives those of the buckets that have crossed a line their new state and sends one event for each, together or not
 * at all. Whoever checks at the same time waits, and finds nothing left to do.
 * @returns how many have crossed
 */
export async function checkBuckets(services: BucketServices, ids: readonly string[]): Promise<number> {
  if (ids.length === 0) return 0;
  const events = await withPoolTransaction(services.pool, (connection) => changeStates(connection, ids));
  await announceEvents(services.redis, services.log, events);
  return events.length;
}

async function changeStates(connection: Queryable, ids: readonly string[]): Promise<PreparedEvent[]> {
  const crossed = await connection.query<CrossedBucket[]>(
    `SELECT id, name, currency, state, currentBalance, threshold, hysteresis
       FROM transfer_bucket WHERE id IN (${placeholders(ids)}) AND ${hasCrossed} ORDER BY id FOR UPDATE`,
    ids,
  );
  if (crossed.length === 0) return [];
  await connection.query(
    `UPDATE transfer_bucket
        SET state = IF(state = 'ok', 'breached', 'ok'), stateChangedAt = UTC_TIMESTAMP(3)
      WHERE id IN (${placeholders(crossed)})`,
    crossed.map(({ id }) => id),
  );
  const events = crossed.map(bucketEvent);
  await insertEvents(connection, events);
  return events;
}
