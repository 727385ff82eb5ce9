import type { Logger } from "@tocsin/platform/logger";
import { withDeadline } from "@tocsin/platform/with-deadline";
import type { Redis } from "ioredis";
import { presenceKey } from "./presence-key.ts";

/** How long a delivery waits for Redis. Milliseconds. */
const patience = 100;

/**
 * Those of the people who have a screen open, as far as is known. Where nothing is known nobody has: they get a push
 * notification at once, which is noisy, and not too late.
 */
export async function findPresent(
  { redis, log, clock }: { redis: Redis; log: Logger; clock: () => Date },
  userIds: readonly string[],
): Promise<Set<string>> {
  if (userIds.length === 0) return new Set();
  try {
    const until = await withDeadline("Redis", patience, redis.zmscore(presenceKey, ...userIds));
    const now = clock().getTime();
    return new Set(userIds.filter((_, index) => Number(until[index] ?? 0) > now));
  } catch (error) {
    log.warn("It is not known who is present; everyone counts as absent", { error });
    return new Set();
  }
}
