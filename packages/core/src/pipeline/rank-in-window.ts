import type { Logger } from "@tocsin/platform/logger";
import { withDeadline } from "@tocsin/platform/with-deadline";
import type { Redis } from "ioredis";
import type { Match } from "./match-events.ts";
import { type StormPolicy, stormPolicyOf } from "./storm-policy.ts";

/** How long a batch waits for Redis. Milliseconds. */
const patience = 100;

/** Whether a match may raise an alert, and so counts towards a storm. */
export function isCounted({ rule, silenceId }: Match): boolean {
  return rule.mode === "live" && silenceId === null;
}

/**
 * Whether only the gates tell if a match would interrupt anybody: it may be folded into another alert, or be over
 * already. Those count towards a storm that would.
 */
export function mayBeFolded({ group, event }: Match): boolean {
  return group !== null || event.dedupKey !== null;
}

/** The place of a match among those of its rule within the window, from 1; by {@link rankKey}. */
export type Ranks = ReadonlyMap<string, number>;

export const rankKey = (ruleId: string, eventId: string) => `${ruleId}:${eventId}`;

/**
 * One sorted set a rule: a member for each alert that would be raised, scored by the time of its event and, within one
 * millisecond, by who came first. A member that is there keeps its score, so an event that comes again has the same place.
 */
const script = `
local function exact(number) return string.format('%.17g', number) end
local ranks = {}
for i, key in ipairs(KEYS) do
  local member, time, window = ARGV[i * 3 - 2], tonumber(ARGV[i * 3 - 1]), tonumber(ARGV[i * 3])
  redis.call('ZREMRANGEBYSCORE', key, '-inf', '(' .. exact(time - 2 * window))
  local score = redis.call('ZSCORE', key, member)
  if not score then
    local sameTime = redis.call('ZCOUNT', key, exact(time), '(' .. exact(time + 1))
    score = exact(time + math.min(sameTime, 1023) / 1024)
    redis.call('ZADD', key, score, member)
  end
  redis.call('PEXPIRE', key, 2 * window)
  local before = redis.call('ZCOUNT', key, '-inf', exact(tonumber(score) - window))
  ranks[i] = redis.call('ZRANK', key, member) - before + 1
end
return ranks
`;

/**
 * Ranks the matches with one call. Advisory: what is decided and counted is decided in MySQL. Where Redis is away or
 * slow every rank is 1, so that everything is alerted rather than anything held back.
 */
export async function rankInWindow(
  { redis, log }: { redis: Redis; log: Logger },
  matches: readonly Match[],
  defaults: StormPolicy,
): Promise<Ranks> {
  const live = matches.filter(isCounted);
  if (live.length === 0) return new Map();
  const keys = live.map(({ rule }) => `tocsin:storm:${rule.id}`);
  const parameters = live.flatMap(({ rule, event }) => [
    event.id,
    event.receivedAt.getTime(),
    stormPolicyOf(rule, defaults).windowSeconds * 1000,
  ]);
  try {
    const ranks = (await withDeadline(
      "Redis",
      patience,
      redis.eval(script, keys.length, ...keys, ...parameters),
    )) as number[];
    return new Map(live.map(({ rule, event }, index) => [rankKey(rule.id, event.id), ranks[index] ?? 1]));
  } catch (error) {
    log.warn("Storms cannot be counted right now; everything is alerted", { error });
    return new Map();
  }
}
