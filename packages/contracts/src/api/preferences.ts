import { z } from "zod";
import { idSchema } from "./common.ts";
import { rulePrioritySchema } from "./rules.ts";
import { storedWeeklySchema, weeklySchema } from "./silences.ts";

const mutedRulesSchema = z
  .array(idSchema)
  .max(200)
  .refine((ids) => new Set(ids).size === ids.length, "Must not name a rule twice")
  .describe("Rules whose alerts do not interrupt")
  .meta({ examples: [[]] });

const quietHours = "When alerts do not interrupt; a summary tells of them afterwards. Null: never";

export const preferencesSchema = z
  .object({
    quietHours: storedWeeklySchema.nullable().describe(quietHours),
    minimumPriority: rulePrioritySchema
      .describe(
        "Alerts of less weight than this do not interrupt: 1 critical … 5 info, so 5 lets all through",
      )
      .meta({ examples: [3] }),
    mutedRules: mutedRulesSchema,
  })
  .meta({
    id: "Preferences",
    description:
      "When a user wants to be left alone. The inbox has every alert at once; critical ones always interrupt",
  });
export type Preferences = z.infer<typeof preferencesSchema>;

/** Fields that are not given stay as they are. */
export const updatePreferencesInputSchema = z.strictObject({
  quietHours: weeklySchema.nullable().describe(quietHours).optional(),
  minimumPriority: preferencesSchema.shape.minimumPriority.optional(),
  mutedRules: mutedRulesSchema.optional(),
});
export type UpdatePreferencesInput = z.infer<typeof updatePreferencesInputSchema>;
