import { DomainError } from "@tocsin/contracts/errors";
import type { Services } from "../context.ts";

/** So many attempts in a window that opens with the first. */
export interface AttemptLimit {
  key: string;
  limit: number;
  windowSeconds: number;
}

interface Count {
  attempts: number;
  /** Until the window closes. Seconds. */
  secondsLeft: number;
}

/**
 * Counts an attempt against each of these limits before it is made, so that many at once cannot slip through together.
 * What is refused counts too.
 * @throws DomainError TOO_MANY_REQUESTS with when to come back; UNAVAILABLE while Redis is away: nobody guesses uncounted
 */
export async function countAttempt(
  { redis }: Pick<Services, "redis">,
  limits: readonly AttemptLimit[],
): Promise<void> {
  const counts = await increment(redis, limits);
  const waits = limits.flatMap(({ limit }, index) => {
    const count = counts[index];
    return count && count.attempts > limit ? [count.secondsLeft] : [];
  });
  if (waits.length === 0) return;
  throw new DomainError("TOO_MANY_REQUESTS", {
    detail: "Too many attempts; wait before the next one",
    retryAfterSeconds: Math.max(1, ...waits),
  });
}

/** Takes back what {@link countAttempt} counted: the attempt was a good one. Never throws. */
export async function uncountAttempt(
  { redis, log }: Pick<Services, "redis" | "log">,
  limits: readonly AttemptLimit[],
): Promise<void> {
  const batch = redis.multi();
  // A key without a window would stay for good: where it is gone, this makes one that is over at once.
  for (const { key } of limits) batch.set(key, 1, "PX", 1, "NX").decr(key);
  try {
    await batch.exec();
  } catch (error) {
    log.warn("A good attempt could not be taken off its count", { error });
  }
}

async function increment(redis: Services["redis"], limits: readonly AttemptLimit[]): Promise<Count[]> {
  const batch = redis.multi();
  for (const { key, windowSeconds } of limits) {
    batch.set(key, 0, "EX", windowSeconds, "NX").incr(key).ttl(key);
  }
  try {
    const results = (await batch.exec()) ?? [];
    return limits.map((_limit, index) => ({
      attempts: Number(valueOf(results[index * 3 + 1])),
      secondsLeft: Number(valueOf(results[index * 3 + 2])),
    }));
  } catch (cause) {
    throw new DomainError("UNAVAILABLE", { detail: "Try again in a moment", retryAfterSeconds: 5, cause });
  }
}

function valueOf(result: [Error | null, unknown] | undefined): unknown {
  if (!result) throw new Error("Redis gave no answer");
  if (result[0]) throw result[0];
  return result[1];
}
