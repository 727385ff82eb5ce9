import { z } from "zod";
import { eventActionSchema, eventSourceSchema, eventTypeSchema } from "./api/events.ts";
import { text } from "./api/common.ts";

/** The Redis stream of events to process, and the group of workers that share it. */
export const eventStreamKey = "tocsin:events";
export const eventConsumerGroup = "tocsin-workers";

/** The single field of a stream entry: the envelope as JSON. */
export const eventStreamField = "event";

/**
 * What stands in the stream for one event. Entries of the API carry the id of a row that is already committed;
 * other back ends may add entries themselves, with or without an id, and the worker stores what it does not find.
 */
export const eventEnvelopeSchema = z.object({
  id: z.uuid().optional(),
  type: eventTypeSchema,
  source: eventSourceSchema,
  payload: z.record(z.string(), z.unknown()).default({}),
  action: eventActionSchema.default("trigger"),
  dedupKey: text(255).nullish(),
  occurredAt: z.iso.datetime({ offset: true }).nullish(),
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
  correlationId: z.string().max(64).nullish(),
});
export type EventEnvelope = z.infer<typeof eventEnvelopeSchema>;
