import type { TestedRule, TestRuleInput } from "@tocsin/contracts/api/rule-trials";
import { threadTask } from "@tocsin/platform/threads/thread-task";
import type { Context } from "../context.ts";
import { runInThread } from "../run-in-thread.ts";
import { chooseRule } from "./choose-rule.ts";
import type { run } from "./test-rule.task.ts";

const test = threadTask<typeof run>({
  name: "test-rule",
  module: new URL("test-rule.task.ts", import.meta.url),
  deadlineMs: 5000,
});

/**
 * Shows what a rule makes of a sample event: every part of its condition, what an alert would say, and whether its own
 * tests hold. Nothing is stored, nobody is alerted.
 * @throws DomainError what {@link chooseRule} throws; TOO_MANY_REQUESTS, UNAVAILABLE where too many try out rules
 */
export async function testRule(ctx: Context, { event, ...chosen }: TestRuleInput): Promise<TestedRule> {
  const { content } = await chooseRule(ctx, chosen);
  return runInThread(ctx, test, { content, event, now: ctx.clock() });
}
