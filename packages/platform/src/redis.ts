import { setTimeout as wait } from "node:timers/promises";
import { Redis } from "ioredis";
import type { Logger } from "./logger.ts";
import { sparingly } from "./sparingly.ts";

/** How long a command may take where someone waits for it. Milliseconds. */
const commandTimeout = 2_000;

/**
 * A connection on which a command was sent and nothing comes for so long leads nowhere: it is closed, and made anew. Longer
 * than the longest blocking read, which is BullMQ's of ten seconds. Milliseconds.
 */
const silenceLimits = { request: 5_000, worker: 20_000 } as const;

/** How long to wait before a connection that was refused as read-only is made anew. Milliseconds. */
const refusedPause = 500;

/** While Redis is away it is said so often. Milliseconds. */
const sayEvery = 10_000;

/** How long to wait before a Redis that did not answer is asked again. Milliseconds. */
const askAgainAfter = 1_000;

export interface RedisOptions {
  url: string;
  /** `request`: commands fail at once while Redis is away. `worker`: they wait, as blocking reads and BullMQ need it. */
  role: "request" | "worker";
  log: Logger;
  /** How long a connection may stay silent that has a command to answer; else as its role needs it. Milliseconds. */
  silenceLimitMs?: number;
}

/**
 * A connection that reconnects by itself, also where its server has become a replica: whatever the address leads to by
 * then is asked anew. BullMQ's own connections are made with the same options as the one they are made from.
 */
export function createRedis({ url, role, log, silenceLimitMs }: RedisOptions): Redis {
  const redis = new Redis(url, {
    socketTimeout: silenceLimitMs ?? silenceLimits[role],
    ...leaveReplicas(role, log),
    ...(role === "request"
      ? { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout }
      : { maxRetriesPerRequest: null }),
  });
  const tell = sparingly(sayEvery, (error: unknown) => log.warn("Redis cannot be reached", { role, error }));
  redis.on("error", tell);
  return redis;
}

/** The options of ioredis that say when to connect anew, and after which pause. */
function leaveReplicas(role: RedisOptions["role"], log: Logger) {
  let wasRefused = false;
  const tell = sparingly(sayEvery, () =>
    log.warn("This Redis is a replica and takes no writes; connecting anew until it leads to the primary", {
      role,
    }),
  );
  return {
    /**
     * What the server refused may be sent again: it was not done. A worker's commands are; a request's fail at once, as
     * they do while Redis is away, and no command of a transaction is done without the others.
     */
    reconnectOnError(error: Error): false | 1 | 2 {
      if (!isReadOnlyReply(error)) return false;
      wasRefused = true;
      tell();
      return role === "worker" ? 2 : 1;
    },
    retryStrategy(attempt: number): number {
      const pause = wasRefused ? refusedPause : Math.min(attempt * 100, 2_000);
      wasRefused = false;
      return pause;
    },
  };
}

/**
 * What a replica says to a write, and to a blocking read that waited when it became one. From within a script Redis 6
 * and older say it further on.
 */
function isReadOnlyReply({ message }: Error): boolean {
  return /^READONLY |: -READONLY |^UNBLOCKED force/.test(message);
}

/** A Redis that must not be used. The message says what to set. */
export class UnusableRedisError extends Error {
  override readonly name = "UnusableRedisError";
}

/**
 * Refuses a Redis that forgets keys when its memory is full: the stream is not a cache.
 * @throws UnusableRedisError; whatever the connection throws
 */
export async function assertRedisKeeps(redis: Redis): Promise<void> {
  const info = await redis.info("memory");
  const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
  if (policy !== "noeviction") {
    throw new UnusableRedisError(
      `Redis must run with maxmemory-policy noeviction, not ${policy ?? "unknown"}`,
    );
  }
}

/** Resolves when the connection is up. @throws after ten seconds without */
export async function untilReady(redis: Redis): Promise<void> {
  if (redis.status === "ready") return;
  await new Promise<void>((resolve, reject) => {
    const onReady = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(() => {
      redis.off("ready", onReady);
      reject(new Error("Redis cannot be reached: check REDIS_URL"));
    }, 10_000);
    redis.once("ready", onReady);
  });
}

/**
 * Resolves when the connection is up and the Redis is one that keeps what it is given, however long that takes; says in
 * the log what is waited for.
 * @throws UnusableRedisError
 */
export async function untilUsable(redis: Redis, log: Logger): Promise<void> {
  for (;;) {
    try {
      await untilReady(redis);
      await assertRedisKeeps(redis);
      return;
    } catch (error) {
      if (error instanceof UnusableRedisError) throw error;
      log.error("Redis cannot be used yet; trying again", { error });
      await wait(askAgainAfter);
    }
  }
}
