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
  /** While Redis is away: refuse all, or let this process count by itself. */
  withoutRedis: "refuse" | "count here";
}

/** Counts requests in Redis, so that all processes of the API share one limit. */
export function createSharedCount({ redis, log, prefix, withoutRedis }: SharedCountOptions): Store {
  const local = new MemoryStore();
  const sendCommand = (command: string, ...values: string[]) =>
    redis.call(command, ...values) as Promise<RedisReply>;
  let options: Options | undefined;
  let shared: Promise<RedisStore> | undefined;
  let pausedUntil = 0;

  /** Made at the first request, and anew after a failure: one that was made without Redis stays broken for good. */
  async function connect(): Promise<RedisStore> {
    const store = new RedisStore({ prefix, sendCommand });
    if (options) await store.init(options);
    return store;
  }

  async function count(key: string): Promise<ClientRateLimitInfo> {
    shared ??= connect();
    return (await shared).increment(key);
  }

  return {
    prefix,
    init(given) {
      options = given;
      local.init(given);
    },
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
    decrement: (key) => local.decrement(key),
    resetKey: (key) => local.resetKey(key),
    shutdown: () => local.shutdown(),
  };
}
