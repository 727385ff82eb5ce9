import { jobCatalogue } from "@tocsin/contracts/jobs";
import type { Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import { createQueue } from "@tocsin/platform/queues";
import { createWakeUps } from "@tocsin/platform/wake-ups";
import type { Redis } from "ioredis";
import { createBucketQueue } from "../buckets/bucket-queue.ts";
import { createRetryQueue } from "../retries/retry-queue.ts";
import { createStormQueue } from "../storms/storm-queue.ts";
import type { RebuildServices } from "./rebuild-redis.ts";

export interface OpenRebuild extends RebuildServices {
  /** What could not be put back: the queues never fail, they only warn. */
  warnings: readonly string[];
  close(): Promise<void>;
}

/** What a rebuild works with, on connections that are open. */
export function openRebuild(
  { pool, redis }: { pool: Pool; redis: Redis },
  bucketCheckSeconds: number,
): OpenRebuild {
  const warnings: string[] = [];
  const log: Logger = {
    error: (message) => void warnings.push(message),
    warn: (message) => void warnings.push(message),
    info() {},
    debug() {},
  };
  const retryQueue = createQueue(jobCatalogue.retryEvent.queue, redis);
  const stormQueue = createQueue(jobCatalogue.summariseStorm.queue, redis);
  const bucketQueue = createQueue(jobCatalogue.checkBuckets.queue, redis);
  const wakeUps = createWakeUps({ redis, log });
  return {
    pool,
    redis,
    warnings,
    wakeUps,
    retries: createRetryQueue({ queue: retryQueue, log }),
    storms: createStormQueue({ queue: stormQueue, log }),
    bucketChecks: createBucketQueue({ queue: bucketQueue, log }, bucketCheckSeconds * 1000),
    async close() {
      await Promise.all(
        [retryQueue, stormQueue, bucketQueue, ...wakeUps.queues].map((queue) => queue.close()),
      );
    },
  };
}
