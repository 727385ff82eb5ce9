import type { Redis } from "ioredis";
import { presenceKey, presenceMs } from "./presence-key.ts";

/** Who came and who went, and when. */
export interface PresenceChange {
  userId: string;
  isPresent: boolean;
}

/** When each person last came or went, as far as it is worth knowing: news that overtook each other. */
const changedKey = "tocsin:presence:changed";
const changedMs = 600_000;

const script = `
local now, time, keep, forget = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
for i = 5, #ARGV, 2 do
  local user, isPresent = ARGV[i], ARGV[i + 1] == '1'
  local last = redis.call('ZSCORE', KEYS[2], user)
  if not last or tonumber(last) <= time then
    redis.call('ZADD', KEYS[2], time, user)
    if isPresent then redis.call('ZADD', KEYS[1], now + keep, user) else redis.call('ZREM', KEYS[1], user) end
  end
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - forget)
return 1
`;

/**
 * Notes who opened their first screen and who closed their last. News of before what is known already change nothing.
 * @param at when it happened
 * @throws Error where Redis is away
 */
export async function notePresence(
  redis: Redis,
  changes: readonly PresenceChange[],
  { now, at }: { now: Date; at: Date },
): Promise<void> {
  if (changes.length === 0) return;
  const pairs = changes.flatMap(({ userId, isPresent }) => [userId, isPresent ? "1" : "0"]);
  await redis.eval(
    script,
    2,
    ...[presenceKey, changedKey],
    ...[now.getTime(), at.getTime(), presenceMs, changedMs],
    ...pairs,
  );
}
