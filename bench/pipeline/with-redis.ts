import { createLogger } from "@tocsin/platform/logger";
import { createRedis, untilReady } from "@tocsin/platform/redis";

export type Redis = ReturnType<typeof createRedis>;

/** Lends a connection to Redis. */
export async function withRedis<Result>(
  url: string,
  work: (redis: Redis) => Promise<Result>,
): Promise<Result> {
  const log = createLogger({ service: "bench", level: "error", format: "json" });
  const redis = createRedis({ url, role: "worker", log });
  try {
    await untilReady(redis);
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
