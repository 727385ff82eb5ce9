import { DomainError } from "@tocsin/contracts/errors";
import type { Services } from "@tocsin/core/context";
import { withDeadline } from "@tocsin/platform/with-deadline";
import { type ClientRateLimitInfo, MemoryStore, type Options, type Store } from "express-rate-limit";
import { RedisStore, type RedisReply } from "rate-limit-redis";

/** A request waits no longer for its count. Milliseconds. */
const patience = 200;

/** After Redis did not answer, it is left alone for so long. Milliseconds. */
const pauseAfterFailure = 1000;

export interface SharedCountOptions {
  redis: Services["redis"];
  log: Services["log"];
  /** Sets the counts of one kind of request apart from others. */
  prefix: string;
  /** What is counted together begins with the first and is over after so long. Milliseconds. */
  windowMs: number;
  /** While Redis is away: refuse all, or let this process count by itself. */
  withoutRedis: "refuse" | "count here";
}

/** Counts requests in Redis, so that all processes of the API share one limit. */
export function createSharedCount({
  redis,
  log,
  prefix,
  windowMs,
  withoutRedis,
}: SharedCountOptions): Pick<Store, "increment"> {
  // Of all their options the stores read the window alone.
  const options = { windowMs } as Options;
  const local = new MemoryStore();
  local.init(options);
  const sendCommand = (command: string, ...values: string[]) =>
    redis.call(command, ...values) as Promise<RedisReply>;
  let shared: Promise<RedisStore> | undefined;
  let pausedUntil = 0;

  /** Made at the first request, and anew after a failure: one that was made without Redis stays broken for good. */
  async function connect(): Promise<RedisStore> {
    const store = new RedisStore({ prefix, sendCommand });
    await store.init(options);
    return store;
  }

  async function count(key: string): Promise<ClientRateLimitInfo> {
    shared ??= connect();
    return (await shared).increment(key);
  }

  return {
    async increment(key) {
      if (performance.now() >= pausedUntil) {
        try {
          return await withDeadline("Redis", patience, count(key));
        } catch (error) {
          shared = undefined;
          pausedUntil = performance.now() + pauseAfterFailure;
          log.warn("Requests cannot be counted in Redis", { prefix, withoutRedis, error });
        }
      }
      if (withoutRedis === "count here") return local.increment(key);
      throw new DomainError("UNAVAILABLE", { detail: "Try again in a moment", retryAfterSeconds: 5 });
    },
  };
}
