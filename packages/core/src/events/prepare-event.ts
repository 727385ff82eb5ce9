import type { SendEventInput } from "@tocsin/contracts/api/events";
import { newId } from "@tocsin/db/ids";
import { canonicalJson } from "../canonical-json.ts";
import { type Hash, hashOf } from "./hash.ts";
import { keepPayload } from "./kept-payload.ts";

/** An event ready to be stored, apart from the time, which is the database's. */
export interface PreparedEvent {
  id: string;
  type: string;
  source: string;
  /** JSON. */
  payload: string;
  /** The same to the digit, where `payload` rounds its numbers. */
  payloadText: string | null;
  action: SendEventInput["action"];
  idempotencyKey: string | null;
  idempotencyHash: Hash | null;
  /** Of what was sent, however it was written. Compared where the idempotency key comes again; zeros where there is none. */
  bodyHash: Hash;
  /** The same as the version before took it, whose events may still hold the key. */
  earlierBodyHash: () => Hash;
  dedupKey: string | null;
  correlationId: string | null;
  occurredAt: Date | null;
  expiresAt: Date | null;
  /** What it takes in memory and on the wire, roughly. Bytes. */
  size: number;
}

const noHash: Hash = Buffer.alloc(32);

/**
 * Turns a sent event into a row: gives it an id and takes the hashes that make sending it again harmless.
 * `speaksForAny`: the sender is not bound to the source.
 */
export function prepareEvent(
  input: SendEventInput,
  correlationId: string | null,
  speaksForAny = false,
): PreparedEvent {
  const { idempotencyKey = null, ...body } = input;
  const { payload, payloadText } = keepPayload(input.payload);
  return {
    id: newId(),
    type: input.type,
    source: input.source,
    ...{ payload, payloadText },
    action: input.action,
    idempotencyKey,
    idempotencyHash: idempotencyKey === null ? null : keyHashOf(input.source, idempotencyKey, speaksForAny),
    bodyHash: idempotencyKey === null ? noHash : hashOf(canonicalJson(body)),
    earlierBodyHash: () => hashOf(JSON.stringify({ ...body, payload: JSON.stringify(input.payload) })),
    dedupKey: input.dedupKey ?? null,
    correlationId,
    occurredAt: input.occurredAt === undefined ? null : new Date(input.occurredAt),
    expiresAt: input.expiresAt === undefined ? null : new Date(input.expiresAt),
    size: payload.length + (payloadText?.length ?? 0) + 500,
  };
}

/**
 * An idempotency key holds among the events of a source. Senders who may speak for any source have a space of their own
 * there, so that they can't take the keys of those who are bound to it.
 */
function keyHashOf(source: string, idempotencyKey: string, speaksForAny: boolean): Hash {
  return speaksForAny ? hashOf("any", source, idempotencyKey) : hashOf(source, idempotencyKey);
}
