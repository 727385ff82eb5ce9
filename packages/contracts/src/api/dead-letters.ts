import { z } from "zod";
import { idSchema, instantSchema, pageOf, pageQueryFields } from "./common.ts";

export const deadLetterStatusSchema = z
  .enum(["open", "redriven", "discarded"])
  .describe("open waits for a person; redriven was given back to the pipeline; discarded is dropped for good")
  .meta({ examples: ["open"] });

export const deadLetterSchema = z
  .object({
    id: idSchema,
    eventId: idSchema.nullable().describe("The event that could not be processed; null where there is none"),
    streamId: z
      .string()
      .nullable()
      .describe("The stream entry that could not even be stored as an event")
      .meta({ examples: [null] }),
    body: z
      .string()
      .nullable()
      .describe("What that stream entry held")
      .meta({ examples: [null] }),
    error: z
      .string()
      .describe("Why it could not be processed")
      .meta({ examples: ["Value out of range"] }),
    attempts: z
      .int()
      .describe("How often it was tried")
      .meta({ examples: [8] }),
    status: deadLetterStatusSchema,
    createdAt: instantSchema.describe("When it was first put aside"),
    closedAt: instantSchema.nullable().describe("When it was redriven or discarded"),
    closedBy: idSchema.nullable().describe("Who redrove or discarded it"),
  })
  .meta({
    id: "DeadLetter",
    description: "Something that could not be processed, kept until a person decides",
  });
export type DeadLetterView = z.infer<typeof deadLetterSchema>;

export const listDeadLettersInputSchema = z.strictObject({
  ...pageQueryFields,
  status: deadLetterStatusSchema.optional().describe("Only those with this status"),
});
export type ListDeadLettersInput = z.infer<typeof listDeadLettersInputSchema>;

export const deadLetterPageSchema = pageOf(deadLetterSchema).meta({
  id: "DeadLetterPage",
  description: "A page of dead letters, newest first",
});

/** How many dead letters one call redrives at most. */
export const maximumRedrive = 1000;

export const redriveAllSchema = z
  .object({
    redriven: z
      .int()
      .describe("How many were given back to the pipeline now")
      .meta({ examples: [12] }),
    remaining: z
      .int()
      .describe(
        "How many events are still in the dead letter: ask again while it is not 0. Stream entries without an event are not among them",
      )
      .meta({ examples: [0] }),
  })
  .meta({ id: "RedriveAll", description: "What became of the dead letters" });
export type RedriveAll = z.infer<typeof redriveAllSchema>;
