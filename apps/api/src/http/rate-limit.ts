import type { Services } from "@tocsin/core/context";
import type { Response } from "express";
import type { Store } from "express-rate-limit";
import type { ApiEnv } from "../env.ts";
import { createEventLimit } from "./event-limit.ts";
import { overLimit, setLimitHeaders, windowMs } from "./limit-headers.ts";
import { createSharedCount, type SharedCountOptions } from "./shared-count.ts";

/**
 * What a call counts as. `auth`: what guesses a password, few and by address; `session`: renewing and ending sessions;
 * `events`: what producers send, far more than people click; `api`: everything else.
 */
export type RateLimitKind = "auth" | "session" | "events" | "api";

/** A limit of calls in a minute. */
export interface RateLimit {
  /**
   * Counts a call of a caller, and tells by the RateLimit headers how many are left.
   * @throws DomainError TOO_MANY_REQUESTS; UNAVAILABLE where it cannot be counted and must be
   */
  count(caller: string, response: Response): Promise<void> | void;
}

/** The limits of the process, each counted once however a call comes in. */
export type RateLimits = Readonly<Record<RateLimitKind, RateLimit>>;

/**
 * While Redis is away guesses are refused, and other calls counted by each process. Events always are: a round trip for
 * each would cost more than to take it.
 */
export function createRateLimits(env: ApiEnv, { redis, log }: Pick<Services, "redis" | "log">): RateLimits {
  const shared = (
    name: RateLimitKind,
    limit: number,
    withoutRedis: SharedCountOptions["withoutRedis"],
  ): RateLimit => {
    const store = createSharedCount({ redis, log, prefix: `rate:${name}:`, windowMs, withoutRedis });
    return createLimit({ name, limit, store });
  };
  return {
    auth: shared("auth", env.AUTH_RATE_LIMIT_PER_MINUTE, "refuse"),
    session: shared("session", env.RATE_LIMIT_PER_MINUTE, "count here"),
    events: createEventLimit({ limit: env.EVENT_RATE_LIMIT_PER_MINUTE }),
    api: shared("api", env.RATE_LIMIT_PER_MINUTE, "count here"),
  };
}

interface LimitOptions {
  name: RateLimitKind;
  /** So many calls a minute. */
  limit: number;
  store: Pick<Store, "increment">;
}

function createLimit({ name, limit, store }: LimitOptions): RateLimit {
  return {
    async count(caller, response) {
      const { totalHits, resetTime } = await store.increment(caller);
      const millisecondsLeft = resetTime ? resetTime.getTime() - Date.now() : windowMs;
      const secondsLeft = Math.max(1, Math.ceil(millisecondsLeft / 1000));
      setLimitHeaders(response, { name, limit, left: limit - totalHits, secondsLeft, caller });
      if (totalHits > limit) throw overLimit(limit, secondsLeft);
    },
  };
}
