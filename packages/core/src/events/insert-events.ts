import { placeholders } from "@tocsin/db/sql";
import type { Queryable } from "@tocsin/db/pool";
import type { PreparedEvent } from "./prepare-event.ts";

/**
 * An event whose idempotency key or id is there already changes nothing: IGNORE would say the same of data that does
 * not fit. What may be NULL goes in as text, so that all rows have the same types and are stored together or not at all.
 */
const statement = `
  INSERT INTO event (id, type, source, payload, payloadText, action, status, attempts, idempotencyKey, idempotencyHash, bodyHash,
                     dedupKey, correlationId, occurredAt, expiresAt, receivedAt)
  VALUES (?, ?, ?, ?, ?, ?, 'received', 0, ?, UNHEX(?), ?, ?, ?, ?, ?, UTC_TIMESTAMP(3))
  ON DUPLICATE KEY UPDATE id = event.id`;

/** Stores events, all of them or none. */
export async function insertEvents(connection: Queryable, events: readonly PreparedEvent[]): Promise<void> {
  await connection.insertMany(
    statement,
    events.map((event) => [
      event.id,
      event.type,
      event.source,
      event.payload,
      event.payloadText,
      event.action,
      event.idempotencyKey,
      event.idempotencyHash?.toString("hex") ?? null,
      event.bodyHash,
      event.dedupKey,
      event.correlationId,
      toText(event.occurredAt),
      toText(event.expiresAt),
    ]),
  );
}

/** A date as DATETIME(3) reads it; all dates are UTC. */
function toText(date: Date | null): string | null {
  return date?.toISOString().slice(0, -1) ?? null;
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
