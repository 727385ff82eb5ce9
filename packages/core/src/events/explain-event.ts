import {
  type EventExplanation,
  type ExplainEventInput,
  maximumExplainedRules,
} from "@tocsin/contracts/api/event-explanations";
import { DomainError } from "@tocsin/contracts/errors";
import { type Context, requirePermission } from "../context.ts";
import { readVersions, versionInForce } from "../rules/version-in-force.ts";
import { explainRules } from "./explain-rules.ts";
import { findEndedAlerts } from "./find-ended-alerts.ts";
import { findNearMisses } from "./find-near-misses.ts";
import { maySeeSource } from "./source-of-key.ts";

/**
 * Why an event raised an alert by a rule, or did not: every part of the condition in force when the event was
 * processed, then what each gate decided. Without a rule: the rules that matched, and those that nearly did. Of a
 * resolve event also the alerts that it ended.
 * @throws DomainError EVENT_NOT_FOUND, RULE_NOT_FOUND, UNAUTHORIZED_ROLE where the caller may not read rules; TOO_MANY_REQUESTS,
 * UNAVAILABLE where too much is being explained
 */
export async function explainEvent(
  ctx: Context,
  { id, ruleId }: ExplainEventInput,
): Promise<EventExplanation> {
  requirePermission(ctx, "rules:read");
  const matching = { eventId: id, ...(ruleId !== undefined && { ruleId }) };
  // Before its decisions: what is processed has them, but not yet a moment before.
  const event = await ctx.db.event.findUnique({ where: { id } });
  const [rule, decisions, count] = await Promise.all([
    ruleId === undefined
      ? null
      : ctx.db.rule.findUnique({ where: { id: ruleId }, select: { id: true, name: true } }),
    ctx.db.decisionLog.findMany({ where: matching, orderBy: { ruleId: "asc" }, take: maximumExplainedRules }),
    ctx.db.decisionLog.count({ where: matching }),
  ]);
  if (!event || !maySeeSource(ctx.actor, event.source)) throw new DomainError("EVENT_NOT_FOUND");
  if (ruleId !== undefined && !rule) throw new DomainError("RULE_NOT_FOUND");
  const explanation = {
    eventId: id,
    status: event.status,
    processedAt: event.processedAt?.toISOString() ?? null,
    more: count - decisions.length,
    nearMisses: ruleId === undefined ? await findNearMisses(ctx, event) : [],
    ...(await findEndedAlerts(ctx, event, ruleId)),
  };
  if (rule && decisions.length === 0) {
    const past = event.processedAt ? await versionInForce(ctx.db, rule.id, event.processedAt) : undefined;
    return { ...explanation, rules: await explainRules(ctx, event, [{ rule, past }]) };
  }
  const versions = await readVersions(ctx.db, decisions);
  return {
    ...explanation,
    rules: await explainRules(
      ctx,
      event,
      decisions.map((decision) => ({ decision, snapshot: versions.get(decision.ruleId)?.snapshot })),
    ),
  };
}
