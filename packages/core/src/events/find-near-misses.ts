import {
  maximumNearMissCandidates,
  maximumNearMisses,
  type RuleExplanation,
} from "@tocsin/contracts/api/event-explanations";
import { threadTask } from "@tocsin/platform/threads/thread-task";
import type { Context } from "../context.ts";
import { versionInForce } from "../rules/version-in-force.ts";
import { runInThread } from "../run-in-thread.ts";
import { explainRules } from "./explain-rules.ts";
import type { run } from "./near-misses.task.ts";
import { factsForThread, type StoredFacts } from "./thread-facts.ts";

const rank = threadTask<typeof run>({
  name: "near-misses",
  module: new URL("near-misses.task.ts", import.meta.url),
  deadlineMs: 5000,
});

/**
 * The active rules that nearly matched an event, nearest first, explained by the version in force at the time. They are
 * looked for among the rules as they are now, those that were changed last, for a second at the most.
 */
export async function findNearMisses(
  ctx: Context,
  event: StoredFacts & { processedAt: Date | null },
): Promise<RuleExplanation[]> {
  const { processedAt } = event;
  if (event.status !== "processed" || event.action !== "trigger" || !processedAt) return [];
  const rules = await ctx.db.rule.findMany({
    where: { deletedAt: null, active: true },
    select: { id: true, name: true, condition: true },
    orderBy: [{ updatedAt: "desc" }, { id: "desc" }],
    take: maximumNearMissCandidates,
  });
  const conditions = rules.map(({ id, condition }) => ({ id, condition }));
  const ranked = await runInThread(ctx, rank, { rules: conditions, event: factsForThread(event) });
  const ids = ranked.slice(0, maximumNearMisses);
  const nameOf = new Map(rules.map(({ id, name }) => [id, name]));
  const pasts = await Promise.all(
    ids.map(async (id) => ({
      rule: { id, name: nameOf.get(id) ?? "" },
      past: await versionInForce(ctx.db, id, processedAt),
    })),
  );
  const explained = await explainRules(ctx, event, pasts);
  return explained.filter(
    ({ outcome, reason }) => outcome === "not_matched" && reason !== "changed_meanwhile",
  );
}
