import { z } from "zod";
import { isPlainJson } from "../json.ts";
import { givenInstantSchema, text } from "./common.ts";
import { eventActionSchema, eventSourceSchema, eventTypeSchema } from "./events.ts";

/** A sample stands a few levels down in a body of at most 32. */
const maximumSampleDepth = 24;

export const maximumRuleTests = 20;

/** All tests of a rule together, as JSON. Bytes. */
export const maximumRuleTestBytes = 32 * 1024;

/** Complete, as an answer shows it; a request may leave out what has a default. */
const sampleExample = {
  type: "transfer.failed",
  source: "payments",
  payload: { amount: 25000 },
  action: "trigger",
  dedupKey: null,
  occurredAt: null,
};

/** An event that was never sent: what a rule is tried on. */
export const sampleEventSchema = z
  .strictObject({
    type: eventTypeSchema,
    source: eventSourceSchema.default("sample"),
    payload: z
      .record(z.string(), z.unknown())
      .refine((payload) => isPlainJson(payload, maximumSampleDepth), {
        message: `Must be plain JSON that nests at most ${maximumSampleDepth} levels, in well-formed Unicode`,
      })
      .default({})
      .describe("Anything else about it, as a JSON object")
      .meta({ examples: [{ amount: 25000, currency: "EUR" }] }),
    action: eventActionSchema.default("trigger"),
    dedupKey: text(255)
      .nullable()
      .default(null)
      .describe("The event's own dedup key")
      .meta({ examples: ["transfer-4711"] }),
    occurredAt: givenInstantSchema.nullable().default(null).describe("When it happened"),
    receivedAt: givenInstantSchema
      .optional()
      .describe("When it came in: what now() gives. Absent: the time of the request"),
  })
  .describe("A sample event")
  .meta({ examples: [sampleExample] });
export type SampleEvent = z.infer<typeof sampleEventSchema>;

export const ruleTestExpectationSchema = z
  .enum(["fires", "does_not_fire"])
  .describe("What the rule must make of the event")
  .meta({ examples: ["fires"] });

export const ruleTestSchema = z.strictObject({
  name: text(100)
    .describe("What the test shows")
    .meta({ examples: ["A large transfer alerts"] }),
  event: sampleEventSchema,
  expected: ruleTestExpectationSchema,
  expectedTitle: z
    .string()
    .max(255)
    .optional()
    .describe("The title that the alert must have")
    .meta({ examples: ["Transfer of 25000 failed"] }),
});
export type RuleTest = z.infer<typeof ruleTestSchema>;

export const ruleTestsSchema = z
  .array(ruleTestSchema)
  .max(maximumRuleTests)
  .refine((tests) => new Set(tests.map(({ name }) => name)).size === tests.length, {
    message: "Must not give two tests the same name",
  })
  .refine((tests) => new TextEncoder().encode(JSON.stringify(tests)).length <= maximumRuleTestBytes, {
    message: `Must have at most ${maximumRuleTestBytes} bytes as JSON, all tests together`,
  })
  .describe("Sample events with what the rule must make of them: a change that breaks one is refused")
  .meta({ examples: [[{ name: "A large transfer alerts", event: sampleExample, expected: "fires" }]] });
