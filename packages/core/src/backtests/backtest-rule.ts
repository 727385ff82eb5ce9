import type { Backtest, BacktestRuleInput } from "@tocsin/contracts/api/backtests";
import { DomainError } from "@tocsin/contracts/errors";
import pLimit from "p-limit";
import { type Context, requirePermission } from "../context.ts";
import { stormPolicyOf } from "../pipeline/storm-policy.ts";
import { resolveRoles } from "../roles/resolve-roles.ts";
import { chooseRule, type RuleChoice } from "../rules/choose-rule.ts";
import { contentOf } from "../rules/rule-content.ts";
import { countPeople } from "./count-people.ts";
import { type HoldChunk, holdAgainst } from "./hold-against.ts";
import { readPastEvents } from "./read-past-events.ts";
import { simulateGates } from "./simulate-gates.ts";
import { Tally } from "./tally.ts";

/** Backtests cost a whole core: so many at once in a process, so many may wait, and no more. */
const running = pLimit(1);
const mostWaiting = 4;

/** How long one backtest works. Milliseconds. */
const patienceMs = 15_000;

const hourMs = 3_600_000;

export interface BacktestOptions {
  /** Aborted when nobody waits for the answer any more. */
  signal?: AbortSignal | undefined;
  patienceMs?: number;
}

/**
 * Holds a rule against the events of the past: what would it have alerted? Reads the newest events first, in chunks;
 * stops at the number of events or the time that was asked for, after 15 s, or when the caller leaves, and says which.
 * Changes nothing and alerts nobody.
 * @throws DomainError UNAUTHORIZED_ROLE where the caller may not read events, TOO_MANY_REQUESTS, UNKNOWN_ROLE, and what
 * {@link chooseRule} throws
 */
export async function backtestRule(
  ctx: Context,
  { events, hours, ...chosen }: BacktestRuleInput,
  options: BacktestOptions = {},
): Promise<Backtest> {
  requirePermission(ctx, "events:read");
  const choice = await chooseRule(ctx, chosen);
  await resolveRoles(ctx.db, choice.content.targetRoles, "/draft/targetRoles");
  if (running.pendingCount >= mostWaiting) {
    const detail = "Too many backtests are running; try again in a moment";
    throw new DomainError("TOO_MANY_REQUESTS", { detail, retryAfterSeconds: 5 });
  }
  const since = new Date(ctx.clock().getTime() - hours * hourMs);
  return running(() => run(ctx, choice, { events, since }, options));
}

async function run(
  ctx: Context,
  { content, stored, isDraft }: RuleChoice,
  { events, since }: { events: number; since: Date },
  options: BacktestOptions,
): Promise<Backtest> {
  const compared = stored && isDraft ? contentOf(stored) : null;
  const tally = new Tally();
  const hold = holdAgainst(ctx, { candidate: content, stored: compared }, tally, options.signal);
  const cut = await look(ctx, hold, tally, { events, since }, options);

  const policy = stormPolicyOf(content, {
    limit: ctx.settings.stormLimit,
    windowSeconds: ctx.settings.stormWindowSeconds,
  });
  const oldestFirst = tally.matches.toSorted((a, b) => a.at - b.at || (a.eventId < b.eventId ? -1 : 1));
  const gates = simulateGates(oldestFirst, content.dedupWindowSeconds, policy);
  const people = await countPeople(ctx.pool, content.targetRoles);
  return {
    lookedAt: tally.lookedAt,
    ...tally.range,
    cut,
    matched: tally.matches.length,
    alerts: gates.alerts,
    deduplicated: gates.deduplicated,
    suppressed: gates.suppressed,
    storm: {
      verdict: gates.storms > 0 ? "storm" : "calm",
      ...policy,
      peak: gates.peak,
      storms: gates.storms,
      firstAt: gates.firstStormAt === null ? null : new Date(gates.firstStormAt).toISOString(),
    },
    peakMinute: tally.peakMinute,
    perHour: tally.perHour,
    perRole: content.targetRoles.map((role) => ({
      role,
      people: people.get(role) ?? 0,
      alerts: gates.alerts,
    })),
    samples: tally.samples,
    difference: compared ? tally.difference : null,
  };
}

/** Looks at the events, and says why it stopped early. */
async function look(
  ctx: Context,
  hold: HoldChunk,
  tally: Tally,
  { events, since }: { events: number; since: Date },
  { signal, patienceMs: patience = patienceMs }: BacktestOptions,
): Promise<Backtest["cut"]> {
  const startedAt = performance.now();
  if (signal?.aborted) return "cancelled";
  try {
    for await (const chunk of readPastEvents(ctx.pool, since)) {
      signal?.throwIfAborted();
      const room = events - tally.lookedAt;
      const held = chunk.slice(0, room);
      const lookedAt = await hold(held, patience - (performance.now() - startedAt));
      if (lookedAt < held.length || performance.now() - startedAt >= patience) return "time";
      if (chunk.length > room) return "events";
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
    ctx.log.info("A backtest was cancelled", { lookedAt: tally.lookedAt });
    return "cancelled";
  }
  return null;
}
