import type { ValidatedRule, ValidateRuleInput } from "@tocsin/contracts/api/rule-trials";
import { threadTask } from "@tocsin/platform/threads/thread-task";
import type { Context } from "../context.ts";
import { runInThread } from "../run-in-thread.ts";
import type { run } from "./validate-rule.task.ts";

const validate = threadTask<typeof run>({
  name: "validate-rule",
  module: new URL("validate-rule.task.ts", import.meta.url),
  deadlineMs: 5000,
});

/**
 * Says what is wrong with the texts of a rule, and what is probably not meant. No text makes it throw: it is there to be
 * told.
 * @throws DomainError TOO_MANY_REQUESTS, UNAVAILABLE where too many try out rules
 */
export async function validateRule(ctx: Context, input: ValidateRuleInput): Promise<ValidatedRule> {
  return runInThread(ctx, validate, { input, now: ctx.clock() });
}
