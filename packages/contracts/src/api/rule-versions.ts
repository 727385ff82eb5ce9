import { z } from "zod";
import { idSchema, instantSchema, pageOf, pageQueryFields } from "./common.ts";
import { ruleSchema, versionSchema } from "./rules.ts";
import { shown } from "./shown.ts";

const versionKindSchema = z
  .enum(["created", "updated", "rolled_back", "deleted"])
  .describe("How the version came to be")
  .meta({ examples: ["updated"] });

/** A field that differs between two versions. */
const changeSchema = z.object({
  field: z
    .string()
    .describe("The field that changed")
    .meta({ examples: ["condition"] }),
  before: z
    .unknown()
    .describe("What it was")
    .meta({ examples: ["event.amount > 1000"] }),
  after: z
    .unknown()
    .describe("What it became")
    .meta({ examples: ["event.amount > 10000"] }),
});

export const ruleVersionSchema = z
  .object({
    ruleId: idSchema,
    version: shown(versionSchema),
    kind: versionKindSchema,
    restoredVersion: shown(versionSchema)
      .nullable()
      .describe("Where it was rolled back: to which version")
      .meta({ examples: [null] }),
    author: z
      .object({
        id: idSchema,
        email: z
          .string()
          .nullable()
          .describe("The author's e-mail address")
          .meta({ examples: ["rules@example.com"] }),
      })
      .describe("Who made it"),
    createdAt: instantSchema.describe("From when on events were held against it"),
    changes: z.array(changeSchema).describe("What differs from the version before; empty for the first"),
    snapshot: ruleSchema.partial().describe("The whole rule as this version had it"),
  })
  .meta({ id: "RuleVersion", description: "One state of a rule" });
export type RuleVersionView = z.infer<typeof ruleVersionSchema>;

export const listRuleVersionsInputSchema = z.strictObject({ id: idSchema, ...pageQueryFields });
export type ListRuleVersionsInput = z.infer<typeof listRuleVersionsInputSchema>;

export const ruleVersionPageSchema = pageOf(ruleVersionSchema).meta({
  id: "RuleVersionPage",
  description: "A page of a rule's versions, newest first",
});
