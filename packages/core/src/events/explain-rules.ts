import type { RuleExplanation } from "@tocsin/contracts/api/event-explanations";
import { threadTask } from "@tocsin/platform/threads/thread-task";
import type { Context } from "../context.ts";
import { runInThread } from "../run-in-thread.ts";
import type { ProcessedEvent } from "./explain-no-match.ts";
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
  event: ProcessedEvent,
  rules: readonly RuleToExplain[],
): Promise<RuleExplanation[]> {
  return rules.length === 0 ? [] : runInThread(ctx, explain, { event: plainOf(event), rules });
}

/** The event without what its row has beside, which threads do not need to be sent. */
export function plainOf(event: ProcessedEvent): ProcessedEvent {
  const { id, type, source, action, dedupKey, receivedAt, occurredAt, payload, status } = event;
  return {
    ...{ id, type, source, action, receivedAt, payload, status },
    ...(dedupKey !== undefined && { dedupKey }),
    ...(occurredAt !== undefined && { occurredAt }),
  };
}
