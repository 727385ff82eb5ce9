import type { Pool } from "@tocsin/db/pool";
import type { Announcement } from "../events/announce-events.ts";

/** How many events are read at once. */
const chunkRows = 1000;

/** An event that is still to be processed. */
export interface WaitingEvent extends Announcement {
  /** When it is to be tried again. Milliseconds from now; 0: it is to be processed now. */
  delay: number;
}

/** Every event of a status that is not processed yet, oldest first, in chunks. */
export async function* waitingEvents(
  pool: Pool,
  status: "received" | "failed",
): AsyncGenerator<WaitingEvent[]> {
  let last = { receivedAt: new Date(0), id: "" };
  for (;;) {
    // One chunk after the other: the next begins where this one ends.
    const rows = await pool.query<(WaitingEvent & { receivedAt: Date })[]>(
      `SELECT id, correlationId, LENGTH(payload) + COALESCE(LENGTH(payloadText), 0) AS size, receivedAt,
              GREATEST(0, COALESCE(TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), nextAttemptAt) DIV 1000, 0)) AS delay
         FROM event WHERE status = ? AND receivedAt >= ? AND (receivedAt > ? OR id > ?)
        ORDER BY receivedAt, id LIMIT ${chunkRows}`,
      [status, last.receivedAt, last.receivedAt, last.id],
    );
    if (rows.length > 0) yield rows;
    const next = rows.at(-1);
    if (!next || rows.length < chunkRows) return;
    last = next;
  }
}
