import {
  maximumNearMissCandidates,
  maximumNearMisses,
  type RuleExplanation,
} from "@tocsin/contracts/api/event-explanations";
import { explainCondition, InvalidConditionError, parseStoredCondition } from "@tocsin/rules-dsl";
import type { Context } from "../context.ts";
import { versionInForce } from "../rules/version-in-force.ts";
import { explainNoMatch, type ProcessedEvent } from "./explain-no-match.ts";
import { type MissCandidate, rankNearMisses } from "./rank-near-misses.ts";

/**
 * The active rules that nearly matched an event, nearest first, explained by the version in force at the time. They are
 * looked for among the rules as they are now, those that were changed last.
 */
export async function findNearMisses(
  ctx: Context,
  event: ProcessedEvent & { processedAt: Date | null },
): Promise<RuleExplanation[]> {
  const { processedAt } = event;
  if (event.status !== "processed" || event.action !== "trigger" || !processedAt) return [];
  const rules = await ctx.db.rule.findMany({
    where: { deletedAt: null, active: true },
    select: { id: true, name: true, condition: true },
    orderBy: [{ updatedAt: "desc" }, { id: "desc" }],
    take: maximumNearMissCandidates,
  });
  const ids = rankNearMisses(rules.flatMap((rule) => explainFor(rule, event))).slice(0, maximumNearMisses);
  const nameOf = new Map(rules.map(({ id, name }) => [id, name]));
  const explained = await Promise.all(
    ids.map(async (id) => {
      const past = await versionInForce(ctx.db, id, processedAt);
      return explainNoMatch(event, { id, name: nameOf.get(id) ?? "" }, past);
    }),
  );
  return explained.filter(
    ({ outcome, reason }) => outcome === "not_matched" && reason !== "changed_meanwhile",
  );
}

/** A stored condition that the language does not understand any more is left out. */
function explainFor(rule: { id: string; condition: string }, event: ProcessedEvent): MissCandidate[] {
  try {
    return [{ id: rule.id, explained: explainCondition(parseStoredCondition(rule.condition), event) }];
  } catch (error) {
    if (error instanceof InvalidConditionError) return [];
    throw error;
  }
}
