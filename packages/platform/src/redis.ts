import { Redis } from "ioredis";
import type { Logger } from "./logger.ts";

/** How long a command may take where someone waits for it. Milliseconds. */
const commandTimeout = 2_000;

export interface RedisOptions {
  url: string;
  /** `request`: commands fail at once while Redis is away. `worker`: they wait, as blocking reads and BullMQ need it. */
  role: "request" | "worker";
  log: Logger;
}

/** A connection that reconnects by itself. */
export function createRedis({ url, role, log }: RedisOptions): Redis {
  const redis = new Redis(url, {
    retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    ...(role === "request"
      ? { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout }
      : { maxRetriesPerRequest: null }),
  });
  redis.on("error", (error) => log.warn("Redis cannot be reached", { role, error }));
  return redis;
}

/** Resolves when the connection is up. @throws after ten seconds without */
export async function untilReady(redis: Redis): Promise<void> {
  if (redis.status === "ready") return;
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Redis cannot be reached: check REDIS_URL")), 10_000);
    redis.once("ready", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

/**
 * Refuses a Redis that forgets keys when its memory is full: the stream is not a cache.
 * @throws Error that says what to set
 */
export async function assertRedisKeeps(redis: Redis): Promise<void> {
  const info = await redis.info("memory");
  const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
  if (policy !== "noeviction") {
    throw new Error(`Redis must run with maxmemory-policy noeviction, not ${policy ?? "unknown"}`);
  }
}
