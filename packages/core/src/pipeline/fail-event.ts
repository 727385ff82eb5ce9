import { type Pool, withPoolTransaction } from "@tocsin/db/pool";
import { cutText } from "@tocsin/rules-dsl";
import { deadLetter, maximumErrorLength } from "./dead-letter.ts";
import { maximumAttempts, retryDelay } from "./next-attempt.ts";
import type { StreamEntry } from "./stream-entry.ts";

/** An event that is to be tried again. */
export interface Retry {
  eventId: string;
  /** Milliseconds from now. */
  delay: number;
}

/**
 * Takes note that an event failed for a reason of its own: it is tried again later, or put aside after its last try.
 * An entry that could not even be stored is put aside at once.
 * @returns when it is to be tried again; null where it is not
 */
export async function failEvent(pool: Pool, entry: StreamEntry, error: unknown): Promise<Retry | null> {
  const message = error instanceof Error ? error.message : String(error);
  return withPoolTransaction(pool, async (connection) => {
    const eventId = entry.kind === "unreadable" ? null : entry.eventId;
    const [event] = await connection.query<{ status: string; attempts: number }[]>(
      "SELECT status, attempts FROM event WHERE id = ? FOR UPDATE",
      [eventId],
    );
    if (!event) {
      const body = entry.kind === "direct" ? JSON.stringify(entry.envelope) : null;
      const { streamId } = entry;
      await deadLetter(connection, [{ eventId: null, streamId, body, error: message, attempts: 1 }]);
      return null;
    }
    if (eventId === null || event.status === "processed" || event.status === "dead") return null;
    const attempts = event.attempts + 1;
    const isDead = attempts >= maximumAttempts;
    const delay = retryDelay(attempts);
    await connection.query(
      `UPDATE event
          SET status = ?, attempts = ?, lastError = ?,
              nextAttemptAt = IF(?, NULL, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND)
        WHERE id = ?`,
      [
        isDead ? "dead" : "failed",
        attempts,
        cutText(message, maximumErrorLength),
        isDead,
        delay * 1000,
        eventId,
      ],
    );
    if (!isDead) return { eventId, delay };
    await deadLetter(connection, [{ eventId, streamId: null, body: null, error: message, attempts }]);
    return null;
  });
}
