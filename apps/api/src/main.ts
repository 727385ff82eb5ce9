// The API: REST at /api/v1, tRPC at /trpc, docs and health.
import { setTimeout as wait } from "node:timers/promises";
import { awaitDatabase } from "@tocsin/core/system/await-database";
import { withSecretFiles } from "@tocsin/db/secret-files";
import { readEnv } from "@tocsin/platform/env";
import { secretVariables } from "@tocsin/platform/env-fields";
import { explainFailedStart } from "@tocsin/platform/explain-failed-start";
import { assertRedisKeeps, UnusableRedisError } from "@tocsin/platform/redis";
import { createShutdown } from "@tocsin/platform/shutdown";
import { surviveRejections } from "@tocsin/platform/survive-rejections";
import { createApp } from "./app.ts";
import { createDeps } from "./deps.ts";
import { type ApiEnv, apiEnvSchema, stopDelayOf } from "./env.ts";
import { serve, stopServing } from "./http/serve.ts";
import { createApiMetrics } from "./metrics/api-metrics.ts";

/** How long stopping may take, once nothing new is taken. Milliseconds. */
const deadlineMs = 25_000;

try {
  await start(readEnv(apiEnvSchema, withSecretFiles(process.env, secretVariables)));
} catch (error) {
  console.error(explainFailedStart(error, "PORT") ?? error);
  process.exit(1);
}

async function start(env: ApiEnv): Promise<void> {
  const { backlog, ...services } = createDeps(env);
  const { log, redis, db, pool, objects, intake, threads } = services;
  const shutdown = createShutdown({ log, deadlineMs: deadlineMs + stopDelayOf(env) * 1000 });
  surviveRejections(log);
  // Redis may come later: events are accepted without it. One that forgets is refused as soon as it is seen.
  redis.once("ready", () => {
    assertRedisKeeps(redis).catch((error: unknown) => {
      log.error("This Redis cannot be used", { error });
      if (error instanceof UnusableRedisError) void shutdown.run("unusable Redis", 1);
    });
  });

  const database = awaitDatabase({ url: env.DATABASE_URL, pool, budget: env.DATABASE_POOL_SIZE, log });
  const metrics = createApiMetrics(pool);
  const app = createApp({
    env,
    services,
    metrics,
    isStopping: () => shutdown.isStopping,
    isDatabaseUsable: database.isUsable,
  });
  const server = await serve(app, {
    port: env.PORT,
    host: env.HOST,
    maxConnections: env.MAX_CONNECTIONS,
    onBadConnection(reason, requestId) {
      metrics.badConnections.inc({ reason });
      log.debug("A connection was refused", { reason, requestId });
    },
  });
  void database.usable.then(() => log.info("API is ready", { host: env.HOST, port: env.PORT }));

  // Until balancers have seen that /ready fails, they send requests here.
  shutdown.add("announcement", (reason) => reason === "SIGTERM" && wait(stopDelayOf(env) * 1000));
  shutdown.add("database watch", () => database.stop());
  shutdown.add("requests", () => stopServing(server));
  shutdown.add("threads", () => threads.close());
  shutdown.add("backlog watch", () => backlog.stop());
  shutdown.add("event intake", () => intake.close());
  shutdown.add("MySQL", () => Promise.all([db.$disconnect(), pool.close()]));
  shutdown.add("Redis", () => redis.disconnect());
  shutdown.add("object storage", () => objects.close());
}
