import { z } from "zod";
import {
  idSchema,
  instantSchema,
  optionalText,
  pageOf,
  pageQueryFields,
  queryInteger,
  roleNameSchema,
  text,
  wellFormed,
} from "./common.ts";
import { ruleTestsSchema } from "./rule-tests.ts";
import { shown, shownFields } from "./shown.ts";

export const rulePrioritySchema = z
  .int()
  .min(1)
  .max(5)
  .describe("1 critical, 2 high, 3 normal, 4 low, 5 info")
  .meta({ examples: [1] });

export const ruleModeSchema = z
  .enum(["live", "shadow"])
  .describe("A shadow rule decides and records, but alerts nobody")
  .meta({ examples: ["live"] });

const stormModeSchema = z
  .enum(["digest", "suppress"])
  .describe("What happens to the alerts of a storm")
  .meta({ examples: ["digest"] });

const ackPolicySchema = z
  .enum(["any", "all"])
  .describe("Whose acknowledgement ends the alert: anyone's, or everyone's")
  .meta({ examples: ["any"] });

const windowSecondsSchema = z.int().min(0).max(86_400);

/** A link that the alert offers to open. */
export const ruleActionSchema = z
  .strictObject({
    label: text(100)
      .describe("What the link says")
      .meta({ examples: ["Open the transfer"] }),
    url: text(2000)
      .refine((value) => value.startsWith("https://"), "Must start with https://")
      .describe(
        "Where it leads; a template. Scheme, host and the first slash are literal; values are percent-encoded where they stand",
      )
      .meta({ examples: ["https://admin.example.com/transfers/{{ event.payload.id }}"] }),
  })
  .describe("A link that the alert offers");
export type RuleAction = z.infer<typeof ruleActionSchema>;

/** A link as an alert shows it, with an event's values in it. */
export const alertActionSchema = z
  .object({
    label: z
      .string()
      .describe(
        "What the link says: one line of at most 100 characters; the link's host where it would say nothing",
      )
      .meta({ examples: ["Open the transfer"] }),
    url: z
      .string()
      .describe("Where it leads: https, at most 2,000 characters")
      .meta({ examples: ["https://admin.example.com/transfers/4711"] }),
  })
  .describe("A link that the alert offers");

export const conditionSchema = z
  .string()
  .min(1)
  .refine(...wellFormed)
  .describe("When the rule fires, in the rule language; at most 4,096 bytes")
  .meta({ examples: ['event.type == "transfer.failed" && event.amount > 10000'] });

const ruleFields = {
  name: text(255)
    .describe("What the rule is called")
    .meta({ examples: ["Large transfer failed"] }),
  description: optionalText(5000)
    .describe("What it is for")
    .meta({ examples: ["Money is stuck: call treasury"] }),
  condition: conditionSchema,
  targetRoles: z
    .array(roleNameSchema)
    .min(1)
    .max(20)
    .refine((names) => new Set(names).size === names.length, "Must not name a role twice")
    .describe("Who is alerted: the holders of these roles")
    .meta({ examples: [["Operator"]] }),
  title: text(1000)
    .describe(
      "The alert's title; a template. Quoting more of an event than type and source needs events:read",
    )
    .meta({ examples: ["Transfer of {{ event.amount }} failed"] }),
  message: text(10_000)
    .describe("The alert's text; a template. Quoting more of an event than type and source needs events:read")
    .meta({ examples: ['{{ event.payload.reason | default: "No reason given" }}'] }),
  action: ruleActionSchema.nullable(),
  sound: text(255)
    .normalize("NFC")
    .nullable()
    .describe("The file name of the sound that the apps play: an uploaded sound, or a bundled one")
    .meta({ examples: ["alarm.mp3"] }),
  priority: rulePrioritySchema,
  active: z
    .boolean()
    .describe("Whether events are held against it")
    .meta({ examples: [true] }),
  mode: ruleModeSchema,
  dedupKeyTemplate: text(1000)
    .nullable()
    .describe("What makes two events the same alert; a template. Null: the event's own dedupKey")
    .meta({ examples: ["{{ event.payload.account }}"] }),
  dedupWindowSeconds: windowSecondsSchema
    .describe("How long the same alert is folded into the first, in seconds; 0: never")
    .meta({ examples: [300] }),
  stormLimit: z
    .int()
    .min(1)
    .max(100_000)
    .nullable()
    .describe("More alerts than this within the window are a storm. Null: the configured default")
    .meta({ examples: [20] }),
  stormWindowSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .nullable()
    .describe("The storm window, in seconds. Null: the configured default")
    .meta({ examples: [60] }),
  stormMode: stormModeSchema,
  ackPolicy: ackPolicySchema,
  ackTimeoutSeconds: z
    .int()
    .min(10)
    .max(86_400)
    .nullable()
    .describe(
      "How long to wait for an acknowledgement, in seconds; then the alert is repeated, and goes to escalateToRoles too. Null: for ever",
    )
    .meta({ examples: [300] }),
  escalateToRoles: z
    .array(roleNameSchema)
    .max(20)
    .refine((names) => new Set(names).size === names.length, "Must not name a role twice")
    .describe(
      "Who is alerted as well when nobody acknowledges in time, or at once when nobody holds a target role",
    )
    .meta({ examples: [["Admin"]] }),
  tests: ruleTestsSchema,
};

const ruleContentSchema = z.strictObject(ruleFields);
/** All that a rule's author decides. */
export type RuleContent = z.infer<typeof ruleContentSchema>;

/** Some of it. */
export const ruleDraftSchema = ruleContentSchema.partial();
export type RuleDraft = z.infer<typeof ruleDraftSchema>;

export const createRuleInputSchema = z.strictObject({
  ...ruleFields,
  description: ruleFields.description.default(""),
  title: ruleFields.title.optional(),
  message: ruleFields.message.optional(),
  action: ruleFields.action.default(null),
  sound: ruleFields.sound.default(null),
  priority: rulePrioritySchema.default(3),
  active: ruleFields.active.default(true),
  mode: ruleModeSchema.default("live"),
  dedupKeyTemplate: ruleFields.dedupKeyTemplate.default(null),
  dedupWindowSeconds: ruleFields.dedupWindowSeconds.default(0),
  stormLimit: ruleFields.stormLimit.default(null),
  stormWindowSeconds: ruleFields.stormWindowSeconds.default(null),
  stormMode: stormModeSchema.default("digest"),
  ackPolicy: ackPolicySchema.default("any"),
  ackTimeoutSeconds: ruleFields.ackTimeoutSeconds.default(null),
  escalateToRoles: ruleFields.escalateToRoles.default([]),
  tests: ruleTestsSchema.default([]),
});
export type CreateRuleInput = z.infer<typeof createRuleInputSchema>;

export const versionSchema = z
  .int()
  .min(1)
  .describe("A version of the rule: 1 when it was created, one more with every change")
  .meta({ examples: [1] });

const expectedVersionSchema = versionSchema
  .optional()
  .describe(
    "The version that you have seen: where the rule is at another one by now, nothing is changed (409)",
  )
  .meta({ examples: [1] });

export const updateRuleInputSchema = z.strictObject({
  id: idSchema,
  expectedVersion: expectedVersionSchema,
  ...ruleDraftSchema.shape,
});
export type UpdateRuleInput = z.infer<typeof updateRuleInputSchema>;

export const deleteRuleInputSchema = z.strictObject({
  id: idSchema,
  expectedVersion: queryInteger(1, 2_147_483_647)
    .optional()
    .describe("The version that you have seen: where the rule is at another one by now, it stays (409)")
    .meta({ examples: [1] }),
});
export type DeleteRuleInput = z.infer<typeof deleteRuleInputSchema>;

export const rollbackRuleInputSchema = z.strictObject({
  id: idSchema,
  version: versionSchema.describe("The version to go back to"),
  expectedVersion: expectedVersionSchema,
});
export type RollbackRuleInput = z.infer<typeof rollbackRuleInputSchema>;

export const ruleSchema = z
  .object({
    id: idSchema,
    ...shownFields(ruleFields),
    targetRoles: z
      .array(z.string())
      .describe("Who is alerted: the holders of these roles")
      .meta({ examples: [["Operator"]] }),
    escalateToRoles: z
      .array(z.string())
      .describe("Who is alerted as well when nobody acknowledges in time")
      .meta({ examples: [["Admin"]] }),
    version: shown(versionSchema),
    createdBy: idSchema,
    createdAt: instantSchema,
    updatedAt: instantSchema,
  })
  .meta({ id: "Rule", description: "When which people are alerted, and how" });
export type Rule = z.infer<typeof ruleSchema>;

/** What a list of rules can be ordered by; a minus turns it round. */
export const ruleOrders = [
  "createdAt",
  "-createdAt",
  "updatedAt",
  "-updatedAt",
  "name",
  "-name",
  "priority",
  "-priority",
] as const;
export type RuleOrder = (typeof ruleOrders)[number];

export const listRulesInputSchema = z.strictObject({
  ...pageQueryFields,
  cursor: z
    .string()
    .max(2000)
    .describe(
      "The nextCursor of the page before; takes the place of page. Belongs to the sort it was made with",
    )
    .meta({ examples: ["eyJhZnRlciI6WyIwMTk4YzBkZSJdfQ"] })
    .optional(),
  active: z
    .boolean()
    .optional()
    .describe("Only active, or only inactive rules")
    .meta({ examples: [true] }),
  mode: ruleModeSchema.optional(),
  role: roleNameSchema.describe("Only rules that alert this role").optional(),
  text: text(100)
    .optional()
    .describe("Only rules whose name or description contains this")
    .meta({ examples: ["transfer"] }),
  sort: z
    .enum(ruleOrders)
    .default("createdAt")
    .describe("The order; a minus turns it round. Equal ones are in order of their ids")
    .meta({ examples: ["-updatedAt"] }),
});
export type ListRulesInput = z.infer<typeof listRulesInputSchema>;
export const rulePageSchema = pageOf(ruleSchema).meta({ id: "RulePage", description: "A page of rules" });
