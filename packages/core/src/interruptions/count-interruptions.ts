import type { Logger } from "@tocsin/platform/logger";
import { withDeadline } from "@tocsin/platform/with-deadline";
import type { Redis } from "ioredis";

/** How long a delivery waits for Redis. Milliseconds. */
const patience = 100;

/** The window in which interruptions are counted. Milliseconds. */
export const interruptionWindowMs = 60_000;

/** How often people may be interrupted within the window. */
export interface InterruptionLimits {
  perUser: number;
  /** Everybody together: what the providers and the people who pay them can bear. */
  overall: number;
}

/**
 * One sorted set a person, and one for all: a member for each interruption, scored by its time. One that is there
 * already stays allowed, so a delivery that is tried again is not counted twice. What is refused is not counted.
 */
const script = `
local now, window, perUser, overall = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local all = KEYS[1]
redis.call('ZREMRANGEBYSCORE', all, '-inf', now - window)
local total = redis.call('ZCARD', all)
local allowed = {}
for i = 2, #KEYS do
  local key, notification = KEYS[i], ARGV[i + 3]
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now - window)
  if redis.call('ZSCORE', key, notification) then
    allowed[i - 1] = 1
  elseif redis.call('ZCARD', key) < perUser and total < overall then
    redis.call('ZADD', key, now, notification)
    redis.call('PEXPIRE', key, window)
    redis.call('ZADD', all, now, key .. notification)
    total = total + 1
    allowed[i - 1] = 1
  else
    allowed[i - 1] = 0
  end
end
redis.call('PEXPIRE', all, window)
return allowed
`;

/**
 * Which of these interruptions are within the limits, with one call. Where Redis is away or slow all of them are:
 * somebody is interrupted too often rather than not at all.
 */
export async function countInterruptions(
  { redis, log, clock }: { redis: Redis; log: Logger; clock: () => Date },
  limits: InterruptionLimits,
  interruptions: readonly { userId: string; notificationId: string }[],
): Promise<boolean[]> {
  if (interruptions.length === 0) return [];
  const keys = interruptions.map(({ userId }) => `tocsin:interruptions:${userId}`);
  try {
    const allowed = (await withDeadline(
      "Redis",
      patience,
      redis.eval(
        script,
        keys.length + 1,
        "tocsin:interruptions",
        ...keys,
        clock().getTime(),
        interruptionWindowMs,
        limits.perUser,
        limits.overall,
        ...interruptions.map(({ notificationId }) => notificationId),
      ),
    )) as number[];
    return interruptions.map((_, index) => allowed[index] !== 0);
  } catch (error) {
    log.warn("Interruptions cannot be counted right now; nobody is spared", { error });
    return interruptions.map(() => true);
  }
}
