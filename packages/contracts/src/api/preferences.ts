import { z } from "zod";
import { idSchema } from "./common.ts";
import { rulePrioritySchema } from "./rules.ts";
import { shownFields } from "./shown.ts";
import { weeklySchema } from "./silences.ts";

const mutedRulesSchema = z
  .array(idSchema)
  .max(200)
  .refine((ids) => new Set(ids).size === ids.length, "Must not name a rule twice")
  .describe("Rules whose alerts do not interrupt")
  .meta({ examples: [[]] });

const preferenceFields = {
  quietHours: weeklySchema
    .nullable()
    .describe("When alerts do not interrupt; a summary tells of them afterwards. Null: never"),
  minimumPriority: rulePrioritySchema
    .describe("Alerts of less weight than this do not interrupt: 1 critical … 5 info, so 5 lets all through")
    .meta({ examples: [3] }),
  mutedRules: mutedRulesSchema,
};

export const preferencesSchema = z.object(shownFields(preferenceFields)).meta({
  id: "Preferences",
  description:
    "When a user wants to be left alone. The inbox has every alert at once; critical ones always interrupt",
});
export type Preferences = z.infer<typeof preferencesSchema>;

/** Fields that are not given stay as they are. */
export const updatePreferencesInputSchema = z.strictObject(preferenceFields).partial();
export type UpdatePreferencesInput = z.infer<typeof updatePreferencesInputSchema>;
