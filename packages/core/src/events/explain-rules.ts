import type { RuleExplanation } from "@tocsin/contracts/api/event-explanations";
import { threadTask } from "@tocsin/platform/threads/thread-task";
import type { Context } from "../context.ts";
import { runInThread } from "../run-in-thread.ts";
import { factsForThread, type StoredFacts } from "./thread-facts.ts";
import type { run, RuleToExplain } from "./explain-rules.task.ts";

const explain = threadTask<typeof run>({
  name: "explain-rules",
  module: new URL("explain-rules.task.ts", import.meta.url),
  deadlineMs: 5000,
});

/**
 * What became of an event at each of some rules.
 * @throws DomainError TOO_MANY_REQUESTS, UNAVAILABLE where too much is being explained
 */
export async function explainRules(
  ctx: Context,
  event: StoredFacts,
  rules: readonly RuleToExplain[],
): Promise<RuleExplanation[]> {
  return rules.length === 0 ? [] : runInThread(ctx, explain, { event: factsForThread(event), rules });
}
