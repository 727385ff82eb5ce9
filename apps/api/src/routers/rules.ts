import { backtestRuleInputSchema, backtestSchema } from "@tocsin/contracts/api/backtests";
import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  testedRuleSchema,
  testRuleInputSchema,
  validatedRuleSchema,
  validateRuleInputSchema,
} from "@tocsin/contracts/api/rule-trials";
import { listRuleVersionsInputSchema, ruleVersionPageSchema } from "@tocsin/contracts/api/rule-versions";
import {
  createRuleInputSchema,
  deleteRuleInputSchema,
  listRulesInputSchema,
  rollbackRuleInputSchema,
  rulePageSchema,
  ruleSchema,
  updateRuleInputSchema,
} from "@tocsin/contracts/api/rules";
import { backtestRule } from "@tocsin/core/backtests/backtest-rule";
import { createRule } from "@tocsin/core/rules/create-rule";
import { deleteRule } from "@tocsin/core/rules/delete-rule";
import { getRule } from "@tocsin/core/rules/get-rule";
import { listRuleVersions } from "@tocsin/core/rules/list-rule-versions";
import { listRules } from "@tocsin/core/rules/list-rules";
import { rollbackRule } from "@tocsin/core/rules/rollback-rule";
import { testRule } from "@tocsin/core/rules/test-rule";
import { updateRule } from "@tocsin/core/rules/update-rule";
import { validateRule } from "@tocsin/core/rules/validate-rule";
import { z } from "zod";
import { procedure, router } from "../trpc/init.ts";

const tags = ["Rules"];

export const rulesRouter = router({
  create: procedure("rules:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/rules",
        tags,
        summary: "Create a rule",
        description: "Events are held against the rule from the worker's next batch on.",
      },
      successStatus: 201,
      location: "/rules/{id}",
    })
    .input(createRuleInputSchema)
    .output(ruleSchema)
    .mutation(({ ctx, input }) => createRule(ctx.verb, input)),

  list: procedure("rules:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/rules",
        tags,
        summary: "List rules",
        description:
          "The rules that pass every filter given; oldest first where no other order is asked for.",
      },
    })
    .input(listRulesInputSchema)
    .output(rulePageSchema)
    .query(({ ctx, input }) => listRules(ctx.verb, input)),

  validate: procedure("rules:read")
    .meta({
      openapi: {
        method: "POST",
        path: "/rules/validate",
        tags,
        summary: "Validate a rule's texts",
        description:
          "What is wrong with a condition and templates, with line and column; what is allowed but probably not meant; and the condition in its canonical spelling. Answers 200 also where something is wrong.",
      },
    })
    .input(validateRuleInputSchema)
    .output(validatedRuleSchema)
    .mutation(({ ctx, input }) => validateRule(ctx.verb, input)),

  test: procedure("rules:read")
    .meta({
      openapi: {
        method: "POST",
        path: "/rules/test",
        tags,
        summary: "Try a rule on a sample event",
        description:
          "What every part of the condition comes to, what an alert would say, and whether the rule's own tests hold. Give a condition, a draft, a stored rule's id, or an id with what is to change. Nothing is stored, nobody is alerted.",
      },
    })
    .input(testRuleInputSchema)
    .output(testedRuleSchema)
    .mutation(({ ctx, input }) => testRule(ctx.verb, input)),

  backtest: procedure("rules:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/rules/backtest",
        tags,
        summary: "Backtest a rule",
        description:
          "What a rule would have done with the events of the past: how many alerts, for whom, when, whether there would have been a storm, and what differs from the stored rule. Looks at the newest events first, at most 200,000 of the last 30 days and for at most 15 s, and says whether it was cut. Stops when you close the connection. Stores nothing, alerts nobody. Needs the permission `events:read` as well.",
      },
    })
    .input(backtestRuleInputSchema)
    .output(backtestSchema)
    .mutation(({ ctx, input, signal }) => backtestRule(ctx.verb, input, { signal })),

  get: procedure("rules:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/rules/{id}",
        tags,
        summary: "Get a rule",
        description: "One rule, as it is now.",
      },
    })
    .input(idParametersSchema)
    .output(ruleSchema)
    .query(({ ctx, input }) => getRule(ctx.verb, input)),

  update: procedure("rules:manage")
    .meta({
      openapi: {
        method: "PUT",
        path: "/rules/{id}",
        tags,
        summary: "Change a rule",
        description:
          "Fields that are left out stay as they are. Makes the rule's next version, unless nothing differs. With expectedVersion, a rule that somebody else changed meanwhile is left alone. Events are held against the change from the worker's next batch on.",
      },
    })
    .input(updateRuleInputSchema)
    .output(ruleSchema)
    .mutation(({ ctx, input }) => updateRule(ctx.verb, input)),

  delete: procedure("rules:manage")
    .meta({
      openapi: {
        method: "DELETE",
        path: "/rules/{id}",
        tags,
        summary: "Delete a rule",
        description:
          "No event is held against it any more. Its notifications and versions stay, and rolling it back brings it back.",
      },
      successStatus: 204,
    })
    .input(deleteRuleInputSchema)
    .output(z.void())
    .mutation(({ ctx, input }) => deleteRule(ctx.verb, input)),

  listVersions: procedure("rules:read")
    .meta({
      openapi: {
        method: "GET",
        path: "/rules/{id}/versions",
        tags,
        summary: "List a rule's versions",
        description:
          "Every state the rule was in, newest first: who made it, when, and what changed. Also of deleted rules.",
      },
    })
    .input(listRuleVersionsInputSchema)
    .output(ruleVersionPageSchema)
    .query(({ ctx, input }) => listRuleVersions(ctx.verb, input)),

  rollback: procedure("rules:manage")
    .meta({
      openapi: {
        method: "POST",
        path: "/rules/{id}/rollback",
        tags,
        summary: "Roll a rule back",
        description:
          "Makes the rule what it was at an earlier version, as its next version. Brings a deleted rule back.",
      },
    })
    .input(rollbackRuleInputSchema)
    .output(ruleSchema)
    .mutation(({ ctx, input }) => rollbackRule(ctx.verb, input)),
});
