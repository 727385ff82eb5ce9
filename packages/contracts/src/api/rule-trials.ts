import { z } from "zod";
import { problemErrorSchema } from "../errors.ts";
import { idSchema } from "./common.ts";
import { sampleEventSchema } from "./rule-tests.ts";
import { alertActionSchema, conditionSchema, ruleDraftSchema } from "./rules.ts";

export const truthSchema = z
  .enum(["true", "false", "unknown"])
  .describe("unknown: a field that is asked for is missing, or its type does not fit. Only true fires")
  .meta({ examples: ["true"] });

/** A part of a condition with what it came to: conditions have a truth, operands a value. */
export const conditionPartSchema = z
  .object({
    kind: z
      .string()
      .describe("What it is: and, or, not, comparison, path, literal …")
      .meta({ examples: ["comparison"] }),
    source: z
      .string()
      .describe("As it was written")
      .meta({ examples: ["event.amount > 10000"] }),
    line: z.int().describe("Where it begins: the line, from 1"),
    column: z.int().describe("Where it begins: the column, from 1"),
    truth: truthSchema.optional(),
    value: z
      .unknown()
      .optional()
      .describe("Of an operand: its value; null where it is missing. Long ones are cut, with … at their end")
      .meta({ examples: [25000] }),
    exceeded: z
      .string()
      .optional()
      .describe("Why it is unknown although nothing is missing: the limit that it exceeded, in numbers")
      .meta({ examples: ["it takes more than the 1500000 steps that it may take for one event"] }),
    get parts() {
      return z.array(conditionPartSchema).describe("The parts that it is made of");
    },
  })
  .meta({ id: "ConditionPart", description: "A part of a condition and what it came to for an event" });
export type ConditionPart = z.infer<typeof conditionPartSchema>;

const { title, message, action, dedupKeyTemplate } = ruleDraftSchema.shape;

export const maximumSampleEvents = 10;

export const validateRuleInputSchema = z.strictObject({
  condition: conditionSchema,
  title,
  message,
  action,
  dedupKeyTemplate,
  sampleEvents: z
    .array(sampleEventSchema)
    .max(maximumSampleEvents)
    .default([])
    .describe("Typical events: fields that none of them has, and types that do not fit, are warned of")
    .meta({ examples: [[{ type: "transfer.failed", payload: { amount: 25000 } }]] }),
});
export type ValidateRuleInput = z.infer<typeof validateRuleInputSchema>;

export const ruleWarningSchema = z.object({
  code: z
    .enum([
      "UNKNOWN_FIELD",
      "TYPE_CONFLICT",
      "ALWAYS_TRUE",
      "ALWAYS_FALSE",
      "MIXED_AND_OR",
      "NOT_INDEXABLE",
      "INEXACT_NUMBER",
      "QUOTED_NUMBER",
      "MAY_EXCEED_STEPS",
      "EMPTY_TITLE",
      "LINK_LEFT_OUT",
      "MISSING_KEY_PART",
    ])
    .describe("The kind of warning")
    .meta({ examples: ["MIXED_AND_OR"] }),
  pointer: z
    .string()
    .describe("The field of the rule that it is about")
    .meta({ examples: ["/condition"] }),
  message: z
    .string()
    .describe("What is probably not meant")
    .meta({ examples: ["&& binds tighter than ||: parentheses would say which is meant"] }),
  line: z.int().describe("Where it begins: the line, from 1"),
  column: z.int().describe("Where it begins: the column, from 1"),
  source: z.string().describe("The part that it is about"),
  suggestion: z.string().optional().describe("What was probably meant"),
});
export type RuleWarning = z.infer<typeof ruleWarningSchema>;

export const validatedRuleSchema = z
  .object({
    valid: z.boolean().describe("Whether a rule with these texts would be taken"),
    errors: z.array(problemErrorSchema).describe("What is wrong, and where"),
    warnings: z.array(ruleWarningSchema).describe("What is allowed, but probably not meant"),
    normalForm: z
      .string()
      .nullable()
      .describe("The condition in its one canonical spelling; null where it cannot be understood")
      .meta({ examples: ['event.type == "transfer.failed" && event.amount > 10000'] }),
  })
  .meta({ id: "ValidatedRule", description: "What is right and wrong with a rule's texts" });
export type ValidatedRule = z.infer<typeof validatedRuleSchema>;

/** Which rule is tried: a stored one, a draft, or a stored one with what the draft says otherwise. */
export const chosenRuleFields = {
  ruleId: idSchema
    .optional()
    .describe("A stored rule, as it is now; with condition or draft: as those would change it"),
  condition: conditionSchema
    .optional()
    .describe("A condition alone: short for a draft that says nothing else"),
  draft: ruleDraftSchema
    .optional()
    .describe("A rule, or what is to change of one, as for POST and PUT /rules")
    .meta({ examples: [{ condition: "event.amount > 10000", title: "Transfer of {{ event.amount }}" }] }),
};
export interface ChosenRule {
  ruleId?: string | undefined;
  condition?: string | undefined;
  draft?: z.infer<typeof ruleDraftSchema> | undefined;
}

export const testRuleInputSchema = z.strictObject({ ...chosenRuleFields, event: sampleEventSchema });
export type TestRuleInput = z.infer<typeof testRuleInputSchema>;

const missingFieldsSchema = z
  .array(z.string())
  .describe("The fields that the condition asks for and the event does not have, or has as null")
  .meta({ examples: [["event.amount"]] });

export const conditionResultFields = {
  result: truthSchema.describe("What the condition came to"),
  why: z
    .string()
    .describe("The parts that made it so, in words")
    .meta({ examples: ["event.amount > 10000 is false"] }),
  missingFields: missingFieldsSchema,
  condition: conditionPartSchema,
};

export const testedRuleSchema = z
  .object({
    fires: z
      .boolean()
      .describe(
        "Whether the rule would raise an alert, were it live: the condition is true, the event a trigger",
      )
      .meta({ examples: [true] }),
    ...conditionResultFields,
    alert: z
      .object({
        title: z
          .string()
          .describe("The rendered title")
          .meta({ examples: ["Transfer of 25000"] }),
        message: z.string().describe("The rendered text"),
        truncated: z.boolean().describe("Whether one of them was cut"),
        action: alertActionSchema.nullable(),
        dedupKey: z
          .string()
          .nullable()
          .describe("What makes another event the same alert; null where the rule does not deduplicate"),
      })
      .describe("What an alert for this event says, whether the rule fires or not"),
    warnings: z
      .array(ruleWarningSchema)
      .describe("What of the rule's texts is probably not meant, for this event"),
    tests: z
      .array(
        z.object({
          name: z.string().describe("The test's name"),
          passed: z.boolean().describe("Whether it holds"),
          message: z.string().nullable().describe("What was expected and what came; null where it holds"),
        }),
      )
      .describe("The rule's own tests"),
  })
  .meta({ id: "TestedRule", description: "What a rule makes of an event, without alerting anyone" });
export type TestedRule = z.infer<typeof testedRuleSchema>;
