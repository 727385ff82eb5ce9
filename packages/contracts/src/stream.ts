import { z } from "zod";
import {
  eventActionSchema,
  eventSourceSchema,
  eventTypeSchema,
  expiresLater,
  expiryMessage,
  isEventPayload,
  missingKeyMessage,
  payloadMessage,
  saysWhatItEnds,
} from "./api/events.ts";
import { givenInstantSchema, text } from "./api/common.ts";

/** The Redis stream of events to process, and the group of workers that share it. */
export const eventStreamKey = "tocsin:events";
export const eventConsumerGroup = "tocsin-workers";

/** The single field of a stream entry: the envelope as JSON. */
export const eventStreamField = "event";

/**
 * What stands in the stream for one event. Entries of the API carry the id of a row that is already committed;
 * other back ends may add entries themselves, with or without an id, and the worker stores what it does not find.
 * An event is held to what the API holds it to, save that fields which are not known are left out.
 */
export const eventEnvelopeSchema = z
  .object({
    id: z.uuid().toLowerCase().optional(),
    type: eventTypeSchema,
    source: eventSourceSchema,
    // Looked at as it came: a record would drop `__proto__` before it could be refused.
    payload: z.custom<Record<string, unknown>>(isEventPayload, payloadMessage).default({}),
    action: eventActionSchema.default("trigger"),
    dedupKey: text(255).nullish(),
    occurredAt: givenInstantSchema.nullish(),
    expiresAt: givenInstantSchema.nullish(),
    correlationId: z.string().max(64).nullish(),
  })
  .refine(({ action, dedupKey }) => saysWhatItEnds(action, dedupKey), {
    path: ["dedupKey"],
    message: missingKeyMessage,
  })
  .refine(({ occurredAt, expiresAt }) => expiresLater(occurredAt, expiresAt), {
    path: ["expiresAt"],
    message: expiryMessage,
  });
export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;
