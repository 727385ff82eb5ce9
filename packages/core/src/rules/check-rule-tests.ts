import { DomainError } from "@tocsin/contracts/errors";
import type { RuleContent } from "@tocsin/contracts/api/rules";
import { threadTask } from "@tocsin/platform/threads/thread-task";
import type { Context } from "../context.ts";
import { runInThread } from "../run-in-thread.ts";
import type { run } from "./check-rule-tests.task.ts";

const check = threadTask<typeof run>({
  name: "check-rule-tests",
  module: new URL("check-rule-tests.task.ts", import.meta.url),
  deadlineMs: 5000,
});

/**
 * Holds a rule to its tests.
 * @throws DomainError RULE_TESTS_FAILED with a pointer to each test that failed and what came instead;
 * TOO_MANY_REQUESTS, UNAVAILABLE where too many rules are being tried
 */
export async function checkRuleTests(ctx: Context, content: RuleContent): Promise<void> {
  if (content.tests.length === 0) return;
  const errors = await runInThread(ctx, check, { content, now: ctx.clock() });
  if (errors.length === 0) return;
  const [first] = errors;
  const count = `${errors.length} of ${content.tests.length} tests failed`;
  throw new DomainError("RULE_TESTS_FAILED", { detail: `${count}. ${first?.message ?? ""}`, errors });
}
