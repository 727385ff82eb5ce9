import { idParametersSchema } from "@tocsin/contracts/api/common";
import {
  createRuleInputSchema,
  listRulesInputSchema,
  rulePageSchema,
  ruleSchema,
} from "@tocsin/contracts/api/rules";
import { createRule } from "@tocsin/core/rules/create-rule";
import { getRule } from "@tocsin/core/rules/get-rule";
import { listRules } from "@tocsin/core/rules/list-rules";
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
        description: "All rules, oldest first, or those that pass every filter given.",
      },
    })
    .input(listRulesInputSchema)
    .output(rulePageSchema)
    .query(({ ctx, input }) => listRules(ctx.verb, input)),

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
});
