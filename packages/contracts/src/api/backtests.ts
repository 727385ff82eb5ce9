import { z } from "zod";
import { idSchema, instantSchema } from "./common.ts";
import { eventSourceSchema, eventTypeSchema } from "./events.ts";
import { chosenRuleFields } from "./rule-trials.ts";
import { shownFields } from "./shown.ts";

/** The most that one backtest looks at. */
export const maximumBacktestEvents = 200_000;
export const maximumBacktestHours = 720;

/** How many events of each kind are shown. */
export const backtestSamples = 5;

export const backtestRuleInputSchema = z.strictObject({
  ...chosenRuleFields,
  events: z
    .int()
    .min(1)
    .max(maximumBacktestEvents)
    .default(10_000)
    .describe("How many events it looks at, at most, from the newest back")
    .meta({ examples: [10_000] }),
  hours: z
    .int()
    .min(1)
    .max(maximumBacktestHours)
    .default(maximumBacktestHours)
    .describe("How far it looks back, at most")
    .meta({ examples: [24] }),
});
export type BacktestRuleInput = z.infer<typeof backtestRuleInputSchema>;

const countSchema = z.int();

const sampleSchema = z.object({
  eventId: idSchema,
  ...shownFields({ type: eventTypeSchema, source: eventSourceSchema }),
  receivedAt: instantSchema,
  title: z
    .string()
    .describe("The title that the alert would have had")
    .meta({ examples: ["Transfer of 25000 failed"] }),
});
export type BacktestSample = z.infer<typeof sampleSchema>;

const roleCountSchema = z.object({
  role: z
    .string()
    .describe("A role that the rule alerts")
    .meta({ examples: ["Operator"] }),
  people: countSchema.describe("How many active users hold it now").meta({ examples: [4] }),
  alerts: countSchema.describe("How many alerts each of them would have had").meta({ examples: [12] }),
});

export const backtestSchema = z
  .object({
    lookedAt: countSchema.describe("How many events it was held against").meta({ examples: [10_000] }),
    from: instantSchema.nullable().describe("The oldest of them; null where there was none"),
    to: instantSchema.nullable().describe("The newest of them"),
    cut: z
      .enum(["events", "time", "cancelled"])
      .nullable()
      .describe(
        "Why it did not look at everything in these hours: enough events, enough time spent, or you left",
      )
      .meta({ examples: [null] }),
    matched: countSchema.describe("How often the condition was true").meta({ examples: [60] }),
    alerts: countSchema.describe("How many alerts that would have been").meta({ examples: [12] }),
    deduplicated: countSchema
      .describe("How many would have been folded into one of them")
      .meta({ examples: [48] }),
    suppressed: countSchema.describe("How many a storm would have held back").meta({ examples: [0] }),
    storm: z
      .object({
        verdict: z
          .enum(["calm", "storm"])
          .describe("Whether there would have been an alert storm")
          .meta({ examples: ["calm"] }),
        limit: countSchema.describe("The rule's limit, or the configured one").meta({ examples: [20] }),
        windowSeconds: countSchema.describe("Its window, in seconds").meta({ examples: [60] }),
        peak: countSchema.describe("The most that stood in one window").meta({ examples: [7] }),
        storms: countSchema.describe("How many storms").meta({ examples: [0] }),
        firstAt: instantSchema.nullable().describe("When the first would have begun"),
      })
      .describe("What the storm gate would have made of it; what silences would have held back is not known"),
    peakMinute: z
      .object({ minute: instantSchema, matched: countSchema })
      .nullable()
      .describe("The minute with the most matches"),
    perHour: z
      .array(z.object({ hour: instantSchema, matched: countSchema }))
      .describe("Matches by hour (UTC), oldest first; hours without any are left out"),
    perRole: z.array(roleCountSchema).describe("Who would have been alerted how often"),
    samples: z.array(sampleSchema).describe(`The newest matches, at most ${backtestSamples}`),
    difference: z
      .object({
        onlyNew: countSchema.describe("Events that only the draft matches").meta({ examples: [3] }),
        onlyOld: countSchema.describe("Events that only the stored rule matches").meta({ examples: [0] }),
        both: countSchema.describe("Events that both match").meta({ examples: [57] }),
        onlyNewSamples: z.array(sampleSchema).describe("The newest of them"),
        onlyOldSamples: z.array(sampleSchema).describe("The newest of them"),
      })
      .nullable()
      .describe("The draft beside the stored rule; null where there is nothing to compare"),
  })
  .meta({ id: "Backtest", description: "What a rule would have done with events of the past" });
export type Backtest = z.infer<typeof backtestSchema>;
