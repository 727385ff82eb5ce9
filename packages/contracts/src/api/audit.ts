import { z } from "zod";
import { givenInstantSchema, idSchema, instantSchema, pageOf, pageQueryFields, text } from "./common.ts";

/** Counting goes no further: on a log of millions nobody turns pages by number. */
export const maximumAuditTotal = 10_000;

const valueSchema = z.unknown();

export const auditEntrySchema = z
  .object({
    id: idSchema,
    timestamp: instantSchema.describe("When it happened"),
    action: z
      .string()
      .describe("What happened")
      .meta({ examples: ["rule.updated"] }),
    actorType: z.enum(["user", "api_key", "system", "anonymous"]).describe("What kind of actor did it"),
    userId: idSchema.nullable().describe("Who did it, where that was a user"),
    actorLabel: z
      .string()
      .nullable()
      .describe("What the actor was called at the time")
      .meta({ examples: ["ada@example.com"] }),
    resourceType: z
      .string()
      .describe("What kind of thing it happened to")
      .meta({ examples: ["rule"] }),
    resourceId: idSchema.nullable().describe("The thing it happened to"),
    metadata: valueSchema.describe("What else is to be known").meta({ examples: [null] }),
    before: valueSchema.describe("What the thing was like before").meta({ examples: [{ active: false }] }),
    after: valueSchema.describe("What it was like afterwards").meta({ examples: [{ active: true }] }),
    requestId: z
      .string()
      .nullable()
      .describe("The request that did it")
      .meta({ examples: ["0198c0de-0000-7000-8000-000000000001"] }),
    ip: z
      .string()
      .nullable()
      .describe("Where the request came from")
      .meta({ examples: ["203.0.113.7"] }),
  })
  .meta({ id: "AuditEntry", description: "One line of the audit log" });
export type AuditEntryView = z.infer<typeof auditEntrySchema>;

/** A name that code gave: of an action, of a kind of thing. Letters beyond ASCII stand in none, and are compared with none. */
function codeName(maximum: number) {
  return text(maximum).regex(/^[\w.:-]+$/, "Must be a name such as rule.updated");
}

/** What the log can be asked for; what is absent is not asked. */
const auditFilterFields = {
  from: givenInstantSchema.optional().describe("Not before this instant"),
  to: givenInstantSchema.optional().describe("Before this instant"),
  userId: idSchema.optional().describe("Done by this user"),
  action: codeName(100)
    .optional()
    .describe("This action")
    .meta({ examples: ["rule.updated"] }),
  resourceType: codeName(50)
    .optional()
    .describe("Done to things of this kind")
    .meta({ examples: ["rule"] }),
  resourceId: idSchema.optional().describe("Done to this thing"),
};

export const auditFilterSchema = z.strictObject(auditFilterFields);
export type AuditFilter = z.infer<typeof auditFilterSchema>;

export const listAuditInputSchema = z.strictObject({ ...pageQueryFields, ...auditFilterFields });
export type ListAuditInput = z.infer<typeof listAuditInputSchema>;

export const auditPageSchema = pageOf(auditEntrySchema).meta({
  id: "AuditPage",
  description: `A page of the audit log, newest first; total counts no further than ${maximumAuditTotal.toLocaleString("en")}`,
});
