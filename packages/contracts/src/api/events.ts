import { z } from "zod";
import { problemSchema } from "../errors.ts";
import { isPlainJson } from "../json.ts";
import { givenInstantSchema, idSchema, instantSchema, pageOf, pageQueryFields, text } from "./common.ts";
import { shownFields } from "./shown.ts";

export const eventTypeSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._:/-]*$/,
    "Must start with a letter or digit; letters, digits and . _ : / - follow",
  )
  .describe("What happened")
  .meta({ examples: ["transfer.failed"] });

export const eventSourceSchema = text(100)
  .describe("Which back end it happened in")
  .meta({ examples: ["payments"] });

export const eventActionSchema = z
  .enum(["trigger", "acknowledge", "resolve"])
  .describe("trigger raises alerts; acknowledge and resolve end those with the same dedupKey")
  .meta({ examples: ["trigger"] });
type EventAction = z.infer<typeof eventActionSchema>;

/** How deep an event's payload may nest: the 32 levels of a body without its own, and what MariaDB takes as JSON. */
const maximumPayloadDepth = 31;

/** What is wrong with what {@link isEventPayload} refuses. */
export const payloadMessage = `Must be a plain JSON object that nests at most ${maximumPayloadDepth} levels, in well-formed Unicode`;

/** Whether this may be the payload of an event, wherever the event comes from. */
export function isEventPayload(payload: unknown): payload is Record<string, unknown> {
  const isObject = typeof payload === "object" && payload !== null && !Array.isArray(payload);
  return isObject && isPlainJson(payload, maximumPayloadDepth);
}

/** What is wrong with what {@link saysWhatItEnds} refuses. */
export const missingKeyMessage =
  "Must be given where the action is acknowledge or resolve: it says which alerts are to end";

/** Whether an event says what it ends, where it is one that ends something: without a key it could do nothing, ever. */
export function saysWhatItEnds(action: EventAction, dedupKey: string | null | undefined): boolean {
  return action === "trigger" || typeof dedupKey === "string";
}

/** What is wrong with what {@link expiresLater} refuses. */
export const expiryMessage = "Must be after occurredAt: an event that expires before it happens tells nobody";

/** Whether an event expires after it happened, where it says both. */
export function expiresLater(
  occurredAt: string | null | undefined,
  expiresAt: string | null | undefined,
): boolean {
  // What is no instant is an error of its own.
  return !(Date.parse(expiresAt ?? "") <= Date.parse(occurredAt ?? ""));
}

const sendEventFields = z.strictObject({
  type: eventTypeSchema,
  source: eventSourceSchema,
  payload: z
    .record(z.string(), z.unknown())
    .refine(isEventPayload, payloadMessage)
    .default({})
    .describe("Anything else about it, as a JSON object")
    .meta({ examples: [{ amount: 25000, currency: "EUR", reason: "insufficient funds" }] }),
  action: eventActionSchema.default("trigger"),
  dedupKey: text(255)
    .optional()
    .describe(
      "Events with the same key are about the same trouble. Must be given where the action is acknowledge or resolve",
    )
    .meta({ examples: ["transfer-4711"] }),
  idempotencyKey: text(255)
    .optional()
    .describe(
      "Sending the same key again from the same source does nothing; the Idempotency-Key header does the same",
    )
    .meta({ examples: ["transfer-4711-failed"] }),
  occurredAt: givenInstantSchema.optional().describe("When it happened; for people to read, decides nothing"),
  expiresAt: givenInstantSchema
    .optional()
    .describe(
      "After this, alerts are put into the inbox only. After occurredAt, and at most ten years ahead",
    ),
});

export const sendEventInputSchema = sendEventFields
  .refine(({ action, dedupKey }) => saysWhatItEnds(action, dedupKey), {
    path: ["dedupKey"],
    message: missingKeyMessage,
  })
  .refine(({ occurredAt, expiresAt }) => expiresLater(occurredAt, expiresAt), {
    path: ["expiresAt"],
    message: expiryMessage,
  });
export type SendEventInput = z.infer<typeof sendEventInputSchema>;

/** The most that one event may have as JSON. Bytes. */
export const maximumEventBytes = 512 * 1024;

/** The most that one batch may hold, and have as a body. */
export const maximumBatchEvents = 500;
export const maximumBatchBytes = 5 * 1024 * 1024;

/** The most values that one batch may hold: objects, lists, and what stands in them. */
export const maximumBatchValues = 100_000;

const { $schema: _dialect, ...eventJsonSchema } = z.toJSONSchema(sendEventInputSchema, { io: "input" });

/** Described as an event, but anything goes: each is held to {@link sendEventInputSchema} by itself. */
const batchItemSchema = z.unknown().meta({ ...eventJsonSchema }) as z.ZodType<
  z.input<typeof sendEventInputSchema>
>;

export const sendEventsInputSchema = z.strictObject({
  events: z
    .array(batchItemSchema)
    .min(1)
    .max(maximumBatchEvents)
    .describe(`The events, at most ${maximumBatchEvents}; one that is refused does not hold up the others`)
    .meta({ examples: [[{ type: "transfer.failed", source: "payments", payload: { amount: 25000 } }]] }),
});

export const eventStatusSchema = z
  .enum(["received", "processed", "failed", "dead"])
  .describe("failed is tried again; dead waits for a person")
  .meta({ examples: ["received"] });

export const sentEventSchema = z
  .object({
    id: idSchema,
    status: eventStatusSchema,
    duplicate: z
      .boolean()
      .describe("True: this idempotency key was sent before; the id is the first event's")
      .meta({ examples: [false] }),
  })
  .meta({ id: "SentEvent", description: "The event is stored and will be processed" });
export type SentEvent = z.infer<typeof sentEventSchema>;

export const sentBatchItemSchema = z
  .discriminatedUnion("outcome", [
    z.object({
      outcome: z
        .enum(["accepted", "duplicate"])
        .describe(
          "accepted: stored now; duplicate: its idempotency key was sent before, the id is the first event's",
        ),
      id: idSchema,
      status: eventStatusSchema,
    }),
    z.object({
      outcome: z.literal("refused").describe("Not stored"),
      error: problemSchema
        .omit({ instance: true, requestId: true })
        .describe("Why, as an answer to this event alone would say; pointers start at /events/{index}"),
    }),
  ])
  .meta({ id: "SentBatchItem", description: "What became of one event of a batch" });
export type SentBatchItem = z.infer<typeof sentBatchItemSchema>;

const countSchema = z.int();

export const sentBatchSchema = z
  .object({
    results: z.array(sentBatchItemSchema).describe("One for each event, in the order they were sent"),
    accepted: countSchema.describe("How many were stored now").meta({ examples: [98] }),
    duplicates: countSchema.describe("How many were stored before").meta({ examples: [1] }),
    refused: countSchema.describe("How many were not stored").meta({ examples: [1] }),
  })
  .meta({ id: "SentBatch", description: "What became of each event of a batch" });
export type SentBatch = z.infer<typeof sentBatchSchema>;

export const decisionOutcomeSchema = z
  .enum(["alerted", "deduplicated", "silenced", "suppressed"])
  .describe("What was decided")
  .meta({ examples: ["alerted"] });

export const eventMatchSchema = z.object({
  ruleId: idSchema,
  ruleVersion: z
    .int()
    .describe("The rule's version at the time")
    .meta({ examples: [1] }),
  outcome: decisionOutcomeSchema,
  reason: z
    .string()
    .describe("Why")
    .meta({ examples: ["new_alert"] }),
  notificationId: idSchema.nullable(),
});

export const eventSchema = z
  .object({
    id: idSchema,
    ...shownFields({ type: eventTypeSchema, source: eventSourceSchema }),
    payload: z
      .record(z.string(), z.unknown())
      .describe("As it was sent")
      .meta({ examples: [{ amount: 25000 }] }),
    action: eventActionSchema,
    status: eventStatusSchema,
    dedupKey: z
      .string()
      .nullable()
      .describe("As it was sent")
      .meta({ examples: ["transfer-4711"] }),
    idempotencyKey: z
      .string()
      .nullable()
      .describe("As it was sent")
      .meta({ examples: ["transfer-4711-failed"] }),
    attempts: z
      .int()
      .describe("How often processing failed")
      .meta({ examples: [0] }),
    lastError: z
      .string()
      .nullable()
      .describe("Why processing failed last; stays where a later try succeeds. null: it never failed")
      .meta({ examples: [null, "Value out of range"] }),
    nextAttemptAt: instantSchema
      .nullable()
      .describe("When it is tried again after it failed; null where no try is due"),
    expiresAt: instantSchema
      .nullable()
      .describe("As it was sent: after this, alerts are put into the inbox only"),
    occurredAt: instantSchema.nullable(),
    receivedAt: instantSchema,
    processedAt: instantSchema.nullable(),
    matches: z.array(eventMatchSchema).describe("The rules that matched, and what was decided for each"),
  })
  .meta({ id: "Event", description: "An event and what became of it" });
export type EventView = z.infer<typeof eventSchema>;

/** Events are counted up to this. */
export const maximumEventTotal = 10_000;

export const listEventsInputSchema = z.strictObject({
  ...pageQueryFields,
  type: eventTypeSchema.optional().describe("Only events of this type"),
  status: eventStatusSchema.optional().describe("Only those in this state"),
  source: eventSourceSchema.optional().describe("Only those of this source; together with type or status"),
  action: eventActionSchema.optional().describe("Only those that do this; together with type or status"),
  from: givenInstantSchema.optional().describe("Only those received at this instant or later"),
  to: givenInstantSchema.optional().describe("Only those received before this instant"),
});
export type ListEventsInput = z.infer<typeof listEventsInputSchema>;

export const listedEventSchema = eventSchema
  .omit({ payload: true, matches: true })
  .meta({ id: "ListedEvent", description: "An event in a list: ask for it by its id to see all of it" });
export type ListedEvent = z.infer<typeof listedEventSchema>;

export const eventPageSchema = pageOf(listedEventSchema).meta({
  id: "EventPage",
  description: "A page of events, newest first; total counts up to 10,000",
});
