import { hostname } from "node:os";
import { jobCatalogue } from "@tocsin/contracts/jobs";
import { userChannel } from "@tocsin/contracts/realtime";
import type { Channel } from "@tocsin/core/delivery/channel";
import type { MeasureDelivery } from "@tocsin/core/delivery/measure-delivery";
import type { InterruptionLimits } from "@tocsin/core/interruptions/count-interruptions";
import type { RetentionPolicy } from "@tocsin/core/retention/retention-policy";
import type { StormPolicy } from "@tocsin/core/pipeline/storm-policy";
import { createSnapshotSource, type SnapshotSource } from "@tocsin/core/pipeline/snapshot";
import { splitConnections } from "@tocsin/db/connection-budget";
import { createPool, type Pool } from "@tocsin/db/pool";
import { objectStorageOf } from "@tocsin/platform/env-fields";
import { createLogger, type Logger } from "@tocsin/platform/logger";
import { createObjectStorage, type ObjectStorage } from "@tocsin/platform/object-storage";
import { createPusher, listPusherChannels, terminateUser } from "@tocsin/platform/pusher";
import { createQueue } from "@tocsin/platform/queues";
import { createRedis } from "@tocsin/platform/redis";
import type { PushPlatform } from "@tocsin/contracts/channels";
import { createWakeUps, type WakeUps } from "@tocsin/platform/wake-ups";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type Pusher from "pusher";
import { createBucketQueue, type BucketQueue } from "./buckets/bucket-queue.ts";
import type { LimitedChannel } from "./channels/limited-channel.ts";
import { providerTimeoutMs } from "./channels/provider-calls.ts";
import { openPushChannels } from "./channels/push-channels.ts";
import { createPusherChannel } from "./channels/pusher/pusher-channel.ts";
import { reportRefusals } from "./channels/report-refusals.ts";
import type { WorkerEnv } from "./env.ts";
import { createWorkerMetrics, type WorkerMetrics } from "./metrics/worker-metrics.ts";
import { retentionPolicyOf } from "./retention/retention-policy-of.ts";
import { createRetryQueue, type RetryQueue } from "./retries/retry-queue.ts";
import { createStormQueue, type StormQueue } from "./storms/storm-queue.ts";
import { openEventStream, type EventStream } from "./stream/event-stream.ts";

/** All that the worker is made of, connected once. */
export interface WorkerDeps {
  log: Logger;
  /** Under this name the consumer group knows the worker. */
  consumerName: string;
  pool: Pool;
  /** For short commands; fails fast. */
  redis: Redis;
  /** Waits for new entries. */
  blockingRedis: Redis;
  /** BullMQ's own; waits for jobs. */
  queueRedis: Redis;
  /** Keeps uploaded sounds. */
  objects: ObjectStorage;
  queues: readonly Queue[];
  wakeUps: WakeUps;
  storms: StormQueue;
  retries: RetryQueue;
  bucketChecks: BucketQueue;
  /** For rules that name no limit of their own. */
  stormDefaults: StormPolicy;
  snapshots: SnapshotSource;
  stream: EventStream;
  /** The people's screens. */
  channel: Channel;
  pusher: Pusher;
  /** The private channels that somebody has open, as Pusher tells. */
  listOpenChannels: () => Promise<string[]>;
  /** Ends the connections of a person's screens. */
  terminateUser: (userId: string) => Promise<void>;
  /** Their phones; what is missing is not configured. */
  pushChannels: Partial<Record<PushPlatform, Channel>>;
  pushPlatforms: readonly PushPlatform[];
  closePushServices: () => Promise<void>;
  /** How long a screen has to show an alert before it is pushed to the phone. Milliseconds. */
  pushFallbackMs: number;
  interruptionLimits: InterruptionLimits;
  /** How often an alert is repeated at the most. */
  repeatLimit: number;
  /** How long what is kept. */
  retention: RetentionPolicy;
  clock: () => Date;
  measure: MeasureDelivery;
  metrics: WorkerMetrics;
}

/** The worker's composition root. */
export function createDeps(env: WorkerEnv): WorkerDeps {
  const log = createLogger({ service: "worker", level: env.LOG_LEVEL, format: env.LOG_FORMAT });
  const connections = splitConnections(env.DATABASE_POOL_SIZE, ["statements", "transactions"]);
  const pool = createPool({ url: env.DATABASE_URL, connectionLimit: connections });
  const redis = createRedis({ url: env.REDIS_URL, role: "request", log });
  const blockingRedis = createRedis({ url: env.REDIS_URL, role: "worker", log });
  const queueRedis = createRedis({ url: env.REDIS_URL, role: "worker", log });
  const retryQueue = createQueue(jobCatalogue.retryEvent.queue, redis);
  const stormQueue = createQueue(jobCatalogue.summariseStorm.queue, redis);
  const bucketQueue = createQueue(jobCatalogue.checkBuckets.queue, redis);
  const wakeUps = createWakeUps({ redis, log });
  const queues = [retryQueue, ...wakeUps.queues, stormQueue, bucketQueue];
  const pusher = createPusher({
    appId: env.PUSHER_APP_ID,
    key: env.PUSHER_KEY,
    secret: env.PUSHER_SECRET,
    cluster: env.PUSHER_CLUSTER,
    host: env.PUSHER_HOST,
    port: env.PUSHER_PORT,
    useTLS: env.PUSHER_USE_TLS,
    timeoutMs: providerTimeoutMs,
  });
  const pushServices = openPushChannels(env);
  const reporting = <Some extends LimitedChannel>(some: Some): Some =>
    reportRefusals(some, ({ errorCode, message, targets }) => {
      metrics.refused(some.name, targets);
      log.error("A provider refuses our credentials or settings; what it refused is tried again", {
        ...{ channel: some.name, errorCode, reason: message, targets },
      });
    });
  const channel = reporting(createPusherChannel(pusher));
  const pushChannels: Partial<Record<PushPlatform, LimitedChannel>> = Object.fromEntries(
    Object.entries(pushServices).map(([name, service]) => [name, reporting(service)]),
  );
  const metrics: WorkerMetrics = createWorkerMetrics({
    pool,
    redis,
    queues,
    channels: [channel, ...Object.values(pushChannels)],
  });
  const consumerName = env.WORKER_NAME ?? `${hostname()}-${env.WORKER_HEALTH_PORT}`;
  return {
    log,
    consumerName,
    pool,
    redis,
    blockingRedis,
    queueRedis,
    objects: createObjectStorage(objectStorageOf(env)),
    queues,
    wakeUps,
    retries: createRetryQueue({ queue: retryQueue, log }),
    bucketChecks: createBucketQueue({ queue: bucketQueue, log }, env.BUCKET_CHECK_SECONDS * 1000),
    storms: createStormQueue({ queue: stormQueue, log }),
    stormDefaults: { limit: env.STORM_LIMIT, windowSeconds: env.STORM_WINDOW_SECONDS },
    snapshots: createSnapshotSource({ pool, log }),
    metrics,
    pushChannels,
    closePushServices: async () =>
      void (await Promise.all(Object.values(pushServices).map((service) => service.close()))),
    pushPlatforms: Object.keys(pushChannels) as PushPlatform[],
    pushFallbackMs: env.PUSH_FALLBACK_SECONDS * 1000,
    interruptionLimits: {
      perUser: env.INTERRUPTIONS_PER_USER_PER_MINUTE,
      overall: env.INTERRUPTIONS_PER_MINUTE,
    },
    repeatLimit: env.REPEAT_LIMIT,
    retention: retentionPolicyOf(env),
    clock: () => new Date(),
    stream: openEventStream({ blocking: blockingRedis, plain: redis }, consumerName),
    channel,
    measure: metrics.delivered,
    pusher,
    listOpenChannels: () => listPusherChannels(pusher, userChannel("")),
    terminateUser: (userId) => terminateUser(pusher, userId),
  };
}
