import { createHash } from "node:crypto";
import { type EventEnvelope, eventEnvelopeSchema, eventStreamField } from "@tocsin/contracts/stream";
import { z } from "zod";
import { expiryProblem } from "../events/expiry-problem.ts";

/** An entry as Redis gives it: its id, and field names and values in turn. */
export interface RawEntry {
  streamId: string;
  fields: readonly string[];
}

/** What an entry turned out to be. */
export type StreamEntry =
  /** Of the API: the event is stored already. Its size in bytes, where the entry tells. */
  | { kind: "stored"; streamId: string; eventId: string; size?: number | undefined }
  /** Of another back end that wrote to the stream itself: still to be stored. */
  | { kind: "direct"; streamId: string; eventId: string; envelope: EventEnvelope }
  | { kind: "unreadable"; streamId: string; body: string; error: string };

const absent = z.never().optional();

/** What else it tells is for a later version to read. What has a part of an event is one, or a broken one. */
const pointerSchema = z.object({
  id: z.uuid(),
  ...{ type: absent, source: absent, payload: absent },
  correlationId: z.string().nullish(),
  size: z.number().optional(),
});

/** Reads an entry. Never throws: what cannot be read is an outcome too. */
export function readEntry({ streamId, fields }: RawEntry): StreamEntry {
  const body = fields[fields.indexOf(eventStreamField) + 1] ?? "";
  const unreadable = (error: string): StreamEntry => ({
    kind: "unreadable",
    streamId,
    body: fields.join(" "),
    error,
  });
  if (!fields.includes(eventStreamField)) return unreadable(`The entry has no field "${eventStreamField}"`);
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return unreadable("The event is not valid JSON");
  }
  const pointer = pointerSchema.safeParse(value);
  if (pointer.success) {
    const { id, size } = pointer.data;
    return { kind: "stored", streamId, eventId: id, size };
  }
  const envelope = eventEnvelopeSchema.safeParse(value);
  if (!envelope.success) return unreadable(z.prettifyError(envelope.error));
  const problem = expiryProblem(envelope.data, new Date(addedAt(streamId)));
  if (problem) return unreadable(problem.message);
  return {
    kind: "direct",
    streamId,
    eventId: envelope.data.id ?? eventIdOf(streamId),
    envelope: envelope.data,
  };
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
