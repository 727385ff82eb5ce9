import type { RuleContent } from "@tocsin/contracts/api/rules";
import { threadTask } from "@tocsin/platform/threads/thread-task";
import type { Context } from "../context.ts";
import { runInThread } from "../run-in-thread.ts";
import type { HeldEvent, HeldRule, run } from "./hold-events.task.ts";
import type { PastEvent } from "./read-past-events.ts";
import type { Tally } from "./tally.ts";

/** Beside the patience that the task has itself: its thread may have to be started. Milliseconds. */
const graceMs = 10_000;

/** A chunk that was read is looked at for so long, even where the time is over. Milliseconds. */
const shortestChunkMs = 100;

/** The longest that a chunk of events is held against a rule. Milliseconds. */
const longestChunkMs = 15_000;

const hold = threadTask<typeof run>({
  name: "backtest",
  module: new URL("hold-events.task.ts", import.meta.url),
  deadlineMs: longestChunkMs + graceMs,
});

/** What holds a chunk of events against rules, and for how long at the most. Tells how many it looked at. */
export type HoldChunk = (events: readonly PastEvent[], patienceMs: number) => Promise<number>;

/**
 * Holds events against a rule, and against the stored rule that it is compared with, in a
 * thread; counts what matched.
 * @throws DomainError TOO_MANY_REQUESTS, UNAVAILABLE; the signal's reason where it was aborted
 */
export function holdAgainst(
  ctx: Context,
  { candidate, stored }: { candidate: RuleContent; stored: RuleContent | null },
  tally: Tally,
  signal: AbortSignal | undefined,
): HoldChunk {
  const rules = { candidate: heldRuleOf(candidate), stored: stored && heldRuleOf(stored) };
  return async (events, patienceMs) => {
    const input = {
      ...rules,
      events: events.map(heldEventOf),
      patienceMs: Math.min(Math.max(patienceMs, shortestChunkMs), longestChunkMs),
    };
    const { lookedAt, matches } = await runInThread(ctx, hold, input, signal);
    for (const event of events.slice(0, lookedAt)) tally.look(event);
    for (const { index, isNew, isOld, title, groupKey } of matches) {
      const event = events[index];
      if (!event) continue;
      if (isNew) tally.addMatch(event, { title, groupKey }, isOld);
      else tally.addOldMatch(event, title);
    }
    return lookedAt;
  };
}

function heldRuleOf({
  name,
  condition,
  title,
  message,
  action,
  dedupKeyTemplate,
  dedupWindowSeconds,
}: RuleContent): HeldRule {
  return { name, condition, title, message, action, dedupKeyTemplate, dedupWindowSeconds };
}

function heldEventOf({
  id,
  type,
  source,
  action,
  dedupKey,
  receivedAt,
  occurredAt,
  payload,
}: PastEvent): HeldEvent {
  return { id, type, source, action, dedupKey, receivedAt, occurredAt, payload };
}
