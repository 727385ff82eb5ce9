import type { SendEventInput } from "@tocsin/contracts/api/events";
import { newId } from "@tocsin/db/ids";
import { type Hash, hashOf } from "./hash.ts";

/** An event ready to be stored, apart from the time, which is the database's. */
export interface PreparedEvent {
  id: string;
  type: string;
  source: string;
  /** JSON. */
  payload: string;
  action: SendEventInput["action"];
  idempotencyKey: string | null;
  idempotencyHash: Hash | null;
  /** Compared where the idempotency key comes again; zeros where there is none. */
  bodyHash: Hash;
  dedupKey: string | null;
  correlationId: string | null;
  occurredAt: Date | null;
  expiresAt: Date | null;
  /** What it takes in memory and on the wire, roughly. Bytes. */
  size: number;
}

const noHash: Hash = Buffer.alloc(32);

/** Turns a sent event into a row: gives it an id and takes the hashes that make sending it again harmless. */
export function prepareEvent(input: SendEventInput, correlationId: string | null): PreparedEvent {
  const { idempotencyKey = null, ...body } = input;
  const payload = JSON.stringify(input.payload);
  return {
    id: newId(),
    type: input.type,
    source: input.source,
    payload,
    action: input.action,
    idempotencyKey,
    idempotencyHash: idempotencyKey === null ? null : hashOf(input.source, idempotencyKey),
    bodyHash: idempotencyKey === null ? noHash : hashOf(JSON.stringify({ ...body, payload })),
    dedupKey: input.dedupKey ?? null,
    correlationId,
    occurredAt: input.occurredAt === undefined ? null : new Date(input.occurredAt),
    expiresAt: input.expiresAt === undefined ? null : new Date(input.expiresAt),
    size: payload.length + 500,
  };
}
