import type { EventView } from "@tocsin/contracts/api/events";
import { DomainError } from "@tocsin/contracts/errors";
import { parseToWrite } from "@tocsin/contracts/exact-number";
import type { Context } from "../context.ts";
import { maySeeSource } from "./source-of-key.ts";

/**
 * One event and what was decided for each rule that matched.
 * @throws DomainError EVENT_NOT_FOUND, also where it is of another source than the caller's key
 */
export async function getEvent(ctx: Context, { id }: { id: string }): Promise<EventView> {
  // One after the other: what is processed has its decisions, but not yet a moment before.
  const event = await ctx.db.event.findUnique({ where: { id } });
  const decisions = await ctx.db.decisionLog.findMany({
    where: { eventId: id },
    select: { ruleId: true, ruleVersion: true, outcome: true, reason: true, notificationId: true },
    orderBy: { ruleId: "asc" },
  });
  if (!event || !maySeeSource(ctx.actor, event.source)) throw new DomainError("EVENT_NOT_FOUND");
  return {
    id: event.id,
    type: event.type,
    source: event.source,
    payload: payloadOf(event),
    action: event.action,
    status: event.status,
    dedupKey: event.dedupKey,
    idempotencyKey: event.idempotencyKey,
    attempts: event.attempts,
    lastError: event.lastError,
    nextAttemptAt: event.nextAttemptAt?.toISOString() ?? null,
    expiresAt: event.expiresAt?.toISOString() ?? null,
    occurredAt: event.occurredAt?.toISOString() ?? null,
    receivedAt: event.receivedAt.toISOString(),
    processedAt: event.processedAt?.toISOString() ?? null,
    matches: decisions,
  };
}

function payloadOf(event: { payload: unknown; payloadText: string | null }): Record<string, unknown> {
  return (event.payloadText === null ? event.payload : parseToWrite(event.payloadText)) as Record<
    string,
    unknown
  >;
}
