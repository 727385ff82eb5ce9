import { eventStreamKey } from "@tocsin/contracts/stream";
import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Redis } from "ioredis";
import type { Announcement } from "./announce-events.ts";

/** How many events one pass puts back. */
const passRows = 1000;

/** An event is not missed before it is this old. Seconds. */
const graceSeconds = 5;

/** An event that was put back is not put back again for so long. Seconds. */
const pauseSeconds = 60;

/**
 * Events that should be in the stream and are not: stored while Redis was away, lost with it, or due for another try.
 * Only those older than the oldest entry still in the stream count; younger ones may be waiting in it, and a worker
 * that lags must not be given everything twice. Each event found is not found again for a minute.
 */
export async function findOverdueEvents({
  pool,
  redis,
}: {
  pool: Pool;
  redis: Redis;
}): Promise<Announcement[]> {
  const [oldest] = await redis.xrange(eventStreamKey, "-", "+", "COUNT", 1);
  const streamStart = oldest ? new Date(Number(oldest[0].split("-")[0])) : null;
  // Neither locked nor exact: an event that two workers put back is processed once all the same.
  const rows = await pool.query<Announcement[]>(
    (["received", "failed"] as const).map((status) => `(${overdueOfStatus(status)})`).join(" UNION ALL "),
    [graceSeconds, streamStart, passRows, graceSeconds, streamStart, passRows],
  );
  if (rows.length === 0) return [];
  await pool.query(
    `UPDATE event FORCE INDEX (PRIMARY) SET nextAttemptAt = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
      WHERE id IN (${placeholders(rows)}) AND status IN ('received', 'failed')`,
    [pauseSeconds, ...rows.map(({ id }) => id)],
  );
  return rows;
}

/** One status at a time, so that the index gives the oldest without sorting. */
function overdueOfStatus(status: "received" | "failed"): string {
  return `SELECT id, correlationId, LENGTH(payload) + COALESCE(LENGTH(payloadText), 0) AS size FROM event
           WHERE status = '${status}'
             AND receivedAt < LEAST(UTC_TIMESTAMP(3) - INTERVAL ? SECOND, COALESCE(?, UTC_TIMESTAMP(3)))
             AND (nextAttemptAt IS NULL OR nextAttemptAt <= UTC_TIMESTAMP(3))
           ORDER BY receivedAt LIMIT ?`;
}
