import { createHash } from "node:crypto";
import { maximumEventBytes } from "@tocsin/contracts/api/events";
import { DomainError } from "@tocsin/contracts/errors";
import { readJson } from "@tocsin/contracts/read-json";
import { type EventEnvelope, eventEnvelopeSchema, eventStreamField } from "@tocsin/contracts/stream";
import { z } from "zod";
import { expiryProblem } from "../events/expiry-problem.ts";

/** An entry as Redis gives it: its id, and field names and values in turn. */
export interface RawEntry {
  streamId: string;
  fields: readonly string[];
  /** False: its bytes were no UTF-8, and stand in the fields as far as they were. */
  isUtf8?: boolean;
}

/** What an entry turned out to be. */
export type StreamEntry =
  /** Of the API: the event is stored already. Its size in bytes, where the entry tells. */
  | { kind: "stored"; streamId: string; eventId: string; size?: number | undefined }
  /** Of another back end that wrote to the stream itself: still to be stored. */
  | { kind: "direct"; streamId: string; eventId: string; envelope: EventEnvelope }
  | { kind: "unreadable"; streamId: string; body: string; error: string };

const absent = z.never().optional();

/**
 * The id is what a version before and a later one have in common: what else a pointer tells, and how, is read as far as it
 * is understood. What has a part of an event is one, or a broken one.
 */
const pointerSchema = z.object({
  id: z.uuid().toLowerCase(),
  ...{ type: absent, source: absent, payload: absent },
  size: z.number().positive().optional().catch(undefined),
});

/** How much is kept of an entry that cannot be read. Characters. */
const keptCharacters = maximumEventBytes;

/** Reads an entry. Never throws: what cannot be read is an outcome too. */
export function readEntry(raw: RawEntry): StreamEntry {
  const { streamId } = raw;
  try {
    const value = readJson(bodyOf(raw));
    const pointer = pointerSchema.safeParse(value);
    if (pointer.success) {
      const { id, size } = pointer.data;
      return { kind: "stored", streamId, eventId: id, size };
    }
    const envelope = readEnvelope(value, streamId);
    return { kind: "direct", streamId, eventId: envelope.id ?? eventIdOf(streamId), envelope };
  } catch (error) {
    if (!(error instanceof Unreadable || error instanceof DomainError)) throw error;
    const body = raw.fields.join(" ").slice(0, keptCharacters).toWellFormed();
    return { kind: "unreadable", streamId, body, error: reasonOf(error) };
  }
}

/** Why an entry cannot be read. */
class Unreadable extends Error {}

function reasonOf(error: Error): string {
  if (error instanceof DomainError && error.code === "MALFORMED_JSON")
    return `The event is no valid JSON: ${error.message}`;
  return error.message;
}

/** The JSON text of an entry. @throws Unreadable */
function bodyOf({ fields, isUtf8 = true }: RawEntry): string {
  if (!isUtf8) throw new Unreadable("The entry is not UTF-8");
  const bodies = fields.filter((_field, index) => index % 2 === 1 && fields[index - 1] === eventStreamField);
  const [body] = bodies;
  if (body === undefined) throw new Unreadable(`The entry has no field "${eventStreamField}"`);
  if (bodies.length > 1)
    throw new Unreadable(`The entry has the field "${eventStreamField}" ${bodies.length} times`);
  if (body.length > maximumEventBytes || Buffer.byteLength(body) > maximumEventBytes) {
    throw new Unreadable(`An event may have at most ${maximumEventBytes} bytes`);
  }
  return body;
}

/** @throws Unreadable, DomainError VALIDATION_FAILED */
function readEnvelope(value: unknown, streamId: string): EventEnvelope {
  const envelope = eventEnvelopeSchema.safeParse(value);
  if (!envelope.success) throw new Unreadable(z.prettifyError(envelope.error));
  const problem = expiryProblem(envelope.data, new Date(addedAt(streamId)));
  if (problem) throw problem;
  return envelope.data;
}

/** When Redis took an entry that was given no id of its own. Milliseconds since 1970. */
function addedAt(streamId: string): number {
  return Number(streamId.split("-")[0]);
}

/** The id of an event that came without one: a UUIDv7 made of the entry's own id, so that redelivery finds it again. */
export function eventIdOf(streamId: string): string {
  const time = addedAt(streamId).toString(16).padStart(12, "0").slice(-12);
  const noise = createHash("sha256").update(streamId).digest("hex");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${noise.slice(0, 3)}-8${noise.slice(3, 6)}-${noise.slice(6, 18)}`;
}
