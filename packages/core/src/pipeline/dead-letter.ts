import { newId } from "@tocsin/db/ids";
import type { Queryable } from "@tocsin/db/pool";
import { cutText } from "@tocsin/rules-dsl";

/** Something that cannot be processed, with the reason, for a person to look at. */
export interface DeadEntry {
  eventId: string | null;
  streamId: string | null;
  body: string | null;
  error: string;
  attempts: number;
}

/** The longest error text that is kept. Code points. */
export const maximumErrorLength = 1000;

/**
 * Puts entries aside. An event that was redriven and failed again is open again; a stream entry that only comes a
 * second time stays as it is.
 */
export async function deadLetter(connection: Queryable, entries: readonly DeadEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await connection.query(
    `INSERT INTO dead_letter (id, eventId, streamId, body, error, attempts, createdAt)
     VALUES ${entries.map(() => "(?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))").join(", ")}
     ON DUPLICATE KEY UPDATE
       error = VALUES(error),
       attempts = VALUES(attempts),
       status = IF(VALUES(eventId) IS NULL, status, 'open'),
       closedAt = IF(VALUES(eventId) IS NULL, closedAt, NULL),
       closedBy = IF(VALUES(eventId) IS NULL, closedBy, NULL)`,
    entries.flatMap(({ eventId, streamId, body, error, attempts }) => [
      newId(),
      eventId,
      streamId,
      body,
      cutText(error, maximumErrorLength),
      attempts,
    ]),
  );
}
