import { z } from "zod";
import {
  eventActionSchema,
  eventSourceSchema,
  eventTypeSchema,
  expiresLater,
  expiryMessage,
  missingKeyMessage,
  saysWhatItEnds,
  sendEventInputSchema,
  type SendEventInput,
} from "./api/events.ts";
import { givenInstantSchema, text } from "./api/common.ts";

/** The media types of CloudEvents 1.0 in JSON: one, and many. */
export const cloudEventType = "application/cloudevents+json";
export const cloudEventBatchType = "application/cloudevents-batch+json";

const fields = sendEventInputSchema.shape;

/** https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md */
const cloudEventFields = z.object({
  specversion: z.literal("1.0").describe("The version of CloudEvents"),
  id: text(255)
    .describe("Sending the same id again from the same source does nothing")
    .meta({ examples: ["4711-failed"] }),
  source: eventSourceSchema,
  type: eventTypeSchema,
  time: givenInstantSchema.optional().describe("When it happened; for people to read, decides nothing"),
  datacontenttype: z
    .string()
    .regex(/^application\/(?:[\w.-]+\+)?json(?:;.*)?$/i, "Must be JSON")
    .optional()
    .describe("What data is; only JSON is taken")
    .meta({ examples: ["application/json"] }),
  data: fields.payload.describe("Anything else about it, as a JSON object"),
  data_base64: z.never("Only JSON is taken: use data").optional().describe("Not taken"),
  action: eventActionSchema.default("trigger"),
  dedupkey: fields.dedupKey,
  expiresat: fields.expiresAt,
});

/** A CloudEvent, read as the event that it is. Attributes that mean nothing here are left out. */
export const cloudEventSchema = cloudEventFields
  .refine(({ action, dedupkey }) => saysWhatItEnds(action, dedupkey), {
    path: ["dedupkey"],
    message: missingKeyMessage,
  })
  .refine(({ time, expiresat }) => expiresLater(time, expiresat), {
    path: ["expiresat"],
    message: expiryMessage,
  })
  .transform(({ id, source, type, time, data, action, dedupkey, expiresat }): SendEventInput => ({
    ...{ type, source, payload: data, action, idempotencyKey: id },
    ...(time !== undefined && { occurredAt: time }),
    ...(dedupkey !== undefined && { dedupKey: dedupkey }),
    ...(expiresat !== undefined && { expiresAt: expiresat }),
  }));

/** What the document says of a CloudEvent. */
export const cloudEventJsonSchema = cloudEventFields.describe(
  "An event as CloudEvents 1.0 writes it in JSON (structured mode)",
);
