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
import { toCloudEventForm } from "./cloud-event-form.ts";

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
    .optional()
    .describe("What data is; decides nothing")
    .meta({ examples: ["application/json"] }),
  data: fields.payload,
  data_base64: z.never("Must not stand beside data").optional(),
  action: eventActionSchema.default("trigger"),
  dedupkey: fields.dedupKey,
  expiresat: fields.expiresAt,
});

/** Its attributes that mean something here. */
export const cloudEventAttributes: ReadonlySet<string> = new Set(Object.keys(cloudEventFields.shape));

const readSchema = cloudEventFields
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

/** A CloudEvent, read as the event that it is. Attributes that mean nothing here are left out. */
export const cloudEventSchema: z.ZodType<SendEventInput> = z.preprocess(toCloudEventForm, readSchema);

const { time, datacontenttype, action, dedupkey, expiresat } = cloudEventFields.shape;

/** What the document says of a CloudEvent: all that is brought to the form above. */
export const cloudEventJsonSchema = cloudEventFields
  .extend({
    time: time.nullable(),
    datacontenttype: datacontenttype.nullable(),
    action: action.nullable(),
    dedupkey: z.union([dedupkey, z.number(), z.boolean(), z.null()]),
    expiresat: expiresat.nullable(),
    data: z
      .unknown()
      .optional()
      .describe("Anything else about it; what is no JSON object becomes an object with it under data"),
    data_base64: z
      .string()
      .nullable()
      .optional()
      .describe("Binary data instead of data; it stands under data as it is, in base64"),
  })
  .describe("An event as CloudEvents 1.0 writes it in JSON (structured mode)");
