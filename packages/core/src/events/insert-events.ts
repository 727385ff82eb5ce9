import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { PreparedEvent } from "./prepare-event.ts";

const columns =
  "(id, type, source, payload, action, status, attempts, idempotencyKey, idempotencyHash, bodyHash, dedupKey, correlationId, occurredAt, expiresAt, receivedAt)";
const row = "(?, ?, ?, ?, ?, 'received', 0, ?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))";

/**
 * Stores events with one statement. An event whose idempotency key or id is there already changes nothing:
 * IGNORE would say the same of data that does not fit.
 */
export async function insertEvents(connection: Queryable, events: readonly PreparedEvent[]): Promise<void> {
  if (events.length === 0) return;
  await connection.query(
    `INSERT INTO event ${columns} VALUES ${events.map(() => row).join(", ")} ON DUPLICATE KEY UPDATE id = event.id`,
    events.flatMap((event) => [
      event.id,
      event.type,
      event.source,
      event.payload,
      event.action,
      event.idempotencyKey,
      event.idempotencyHash,
      event.bodyHash,
      event.dedupKey,
      event.correlationId,
      event.occurredAt,
      event.expiresAt,
    ]),
  );
}

/** Who holds each idempotency key now: the event's id, its state and its body. */
export async function findKeyHolders(
  connection: Queryable,
  events: readonly PreparedEvent[],
): Promise<KeyHolder[]> {
  const hashes = events.flatMap((event) => (event.idempotencyHash ? [event.idempotencyHash] : []));
  if (hashes.length === 0) return [];
  return connection.query<KeyHolder[]>(
    `SELECT id, status, bodyHash, idempotencyHash FROM event WHERE idempotencyHash IN (${placeholders(hashes)})`,
    hashes,
  );
}

export interface KeyHolder {
  id: string;
  status: "received" | "processed" | "failed" | "dead";
  bodyHash: Buffer;
  idempotencyHash: Buffer;
}
