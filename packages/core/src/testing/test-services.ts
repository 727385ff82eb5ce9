import { createSecretKey, randomBytes } from "node:crypto";
import { testRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { createDatabase } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import { createMigratedDatabase } from "@tocsin/db/testing/migrated-database";
import { createPool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import type { ObjectStorage } from "@tocsin/platform/object-storage";
import { createThreadPool } from "@tocsin/platform/threads/thread-pool";
import { Redis } from "ioredis";
import type { Actor, Context, Services } from "../context.ts";
import type { Channel } from "../delivery/channel.ts";
import type { DeliveryServices } from "../delivery/deliver-notifications.ts";
import type { PipelineServices } from "../pipeline/process-batch.ts";
import { createSnapshotSource } from "../pipeline/snapshot.ts";
import { createApiKeyCache } from "../api-keys/api-key-cache.ts";
import { createSessionCache } from "../auth/session-cache.ts";
import { createEventIntake } from "../events/event-intake.ts";
import { createMemoryObjectStorage } from "./memory-object-storage.ts";

const quiet: Logger = { error() {}, warn() {}, info() {}, debug() {} };

/**
 * Everything that verbs need, on a database and a Redis of its own; `close` takes all of it away.
 * @param objects in memory unless told
 */
export async function createTestServices({
  objects = createMemoryObjectStorage(),
}: { objects?: ObjectStorage } = {}): Promise<{
  services: Services;
  /** Where its database is, for connections of another kind. */
  databaseUrl: string;
  /** What the pipeline needs beside. */
  pipeline: PipelineServices;
  /** What deliveries need beside. */
  deliveryOf: (channel: Channel, some?: Partial<DeliveryServices>) => DeliveryServices;
  contextOf: (actor: Actor) => Context;
  close: () => Promise<void>;
}> {
  const database = await createMigratedDatabase();
  const redisDatabase = await testRedisDatabase();
  const redis = new Redis(redisDatabase.url);
  const pool = createPool({ url: database.url, connectionLimit: 8 });
  const db = createDatabase({ url: database.url, connectionLimit: 8 });
  const intake = createEventIntake({ pool, redis, log: quiet, backlogLimit: 10_000 });
  const services: Services = {
    db,
    pool,
    redis,
    objects,
    log: quiet,
    clock: () => new Date(),
    settings: {
      accessTokenSeconds: 900,
      refreshTokenSeconds: 86_400,
      registrationsPerHour: 1000,
      stormLimit: 20,
      stormWindowSeconds: 60,
      realtime: { key: "key", cluster: "test", wsHost: "127.0.0.1", wsPort: 6001, forceTLS: false },
    },
    signingKeys: [{ id: "test", key: createSecretKey(randomBytes(32)) }],
    realtimeKeys: { key: "key", secret: "secret" },
    apiKeyCache: createApiKeyCache({ db, log: quiet, clock: () => new Date() }),
    sessionCache: createSessionCache({ redis, log: quiet }),
    intake,
    operations: {
      build: { version: "test", node: process.version, startedAt: new Date() },
      pingRealtime: async () => {},
      countJobs: async () => [],
    },
    wakeUps: {
      deliver: async () => {},
      withdraw: async () => {},
      tellUnread: async () => {},
      push: async () => {},
    },
    threads: createThreadPool({ log: quiet }),
  };
  return {
    services,
    databaseUrl: database.url,
    pipeline: {
      pool,
      redis,
      log: quiet,
      stormDefaults: { limit: 1000, windowSeconds: 60 },
      snapshots: createSnapshotSource({ pool, log: quiet }),
    },
    deliveryOf: (channel, some = {}) => ({
      ...services,
      channel,
      measure: () => {},
      pushPlatforms: [],
      pushFallbackMs: 10_000,
      interruptionLimits: { perUser: 1_000_000, overall: 1_000_000 },
      ...some,
    }),
    contextOf: (actor) => ({
      ...services,
      actor,
      request: { id: newId(), ip: "127.0.0.1", userAgent: "test" },
    }),
    async close() {
      await intake.close();
      await Promise.all([db.$disconnect(), pool.close(), services.threads.close()]);
      redis.disconnect();
      await Promise.all([redisDatabase.release(), database.drop()]);
    },
  };
}
