import { z } from "zod";
import { idSchema, instantSchema } from "./common.ts";
import { eventStatusSchema } from "./events.ts";
import { conditionPartSchema } from "./rule-trials.ts";
import { ruleModeSchema, versionSchema } from "./rules.ts";
import { shown } from "./shown.ts";

export const explainEventInputSchema = z.strictObject({
  id: idSchema,
  ruleId: idSchema
    .optional()
    .describe("Only this rule, whether it matched or not; absent: the rules that matched"),
});
export type ExplainEventInput = z.infer<typeof explainEventInputSchema>;

/** How many rules one answer explains. */
export const maximumExplainedRules = 20;

/** How many rules that nearly matched it explains, and among how many they are looked for. */
export const maximumNearMisses = 5;
export const maximumNearMissCandidates = 2000;

/** How many of the alerts that a resolve event ended it names. */
export const maximumEndedAlerts = 100;

const gateSchema = z.object({
  gate: z
    .enum(["silence", "dedup", "storm"])
    .describe("A step between the match and the alert")
    .meta({ examples: ["dedup"] }),
  verdict: z
    .enum(["passed", "stopped", "not_reached"])
    .describe("What it decided; not_reached: it was not asked, since something before it had decided")
    .meta({ examples: ["passed"] }),
});

export const ruleExplanationSchema = z.object({
  ruleId: idSchema,
  name: z.string().describe("The rule's name at the time"),
  version: shown(versionSchema)
    .nullable()
    .describe("The version that was in force; null where there was none yet"),
  mode: ruleModeSchema.nullable(),
  outcome: z
    .enum([
      "alerted",
      "deduplicated",
      "silenced",
      "suppressed",
      "shadow",
      "not_matched",
      "not_in_force",
      "not_a_trigger",
      "not_processed",
    ])
    .describe("What became of the event for this rule")
    .meta({ examples: ["not_matched"] }),
  reason: z
    .string()
    .describe("Why, for programs")
    .meta({ examples: ["field_missing"] }),
  explanation: z
    .string()
    .describe("Why, in words")
    .meta({ examples: ["event.amount > 10000 is unknown, because event.amount is missing"] }),
  missingFields: z
    .array(z.string())
    .describe("The fields that the condition asked for and the event did not have")
    .meta({ examples: [["event.amount"]] }),
  condition: conditionPartSchema
    .nullable()
    .describe("Every part of the condition and what it came to; null where no version was in force"),
  gates: z
    .array(gateSchema)
    .describe("What came after the match, in order; empty where the rule did not match"),
  notificationId: idSchema.nullable().describe("The notification that it raised or was folded into"),
  silenceId: idSchema.nullable().describe("The silence that kept it quiet"),
  decidedAt: instantSchema.nullable(),
});
export type RuleExplanation = z.infer<typeof ruleExplanationSchema>;

const endedAlertSchema = z.object({
  notificationId: idSchema.describe("The alert that it ended"),
  ruleId: idSchema.nullable().describe("The rule that had raised it"),
});

const endedAlertsSchema = z.object({
  ended: z
    .array(endedAlertSchema)
    .describe(
      `Of a resolve event: the alerts that were open when it was processed and that it ended; with ruleId: those of that rule; at most ${maximumEndedAlerts}, as long as the notices that told of it are kept. Which alerts an acknowledge event ended is stored nowhere: it shows none`,
    ),
  moreEnded: z
    .int()
    .describe("How many other alerts it ended")
    .meta({ examples: [0] }),
});
export type EndedAlerts = z.infer<typeof endedAlertsSchema>;

export const eventExplanationSchema = z
  .object({
    eventId: idSchema,
    status: eventStatusSchema,
    processedAt: instantSchema.nullable(),
    rules: z.array(ruleExplanationSchema).describe(`At most ${maximumExplainedRules}`),
    more: z
      .int()
      .describe("How many other rules matched: ask for them by ruleId")
      .meta({ examples: [0] }),
    nearMisses: z
      .array(ruleExplanationSchema)
      .describe(
        `Without ruleId: active rules that nearly matched, those with the fewest parts that were not true first; at most ${maximumNearMisses}, of the ${maximumNearMissCandidates} changed last`,
      ),
    ...endedAlertsSchema.shape,
  })
  .meta({
    id: "EventExplanation",
    description: "Why an event raised the alerts that it raised, or none, and which it ended",
  });
export type EventExplanation = z.infer<typeof eventExplanationSchema>;
