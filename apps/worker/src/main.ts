// The worker: reads the event stream, raises the alerts, delivers them.
import { awaitDatabase } from "@tocsin/core/system/await-database";
import { createReadinessCheck } from "@tocsin/core/system/check-readiness";
import { withSecretFiles } from "@tocsin/db/secret-files";
import { readEnv } from "@tocsin/platform/env";
import { secretVariables } from "@tocsin/platform/env-fields";
import { explainFailedStart } from "@tocsin/platform/explain-failed-start";
import type { Logger } from "@tocsin/platform/logger";
import { metricsAccessOf } from "@tocsin/platform/metrics";
import { untilUsable } from "@tocsin/platform/redis";
import { createShutdown } from "@tocsin/platform/shutdown";
import { surviveRejections } from "@tocsin/platform/survive-rejections";
import { startBucketWorker } from "./buckets/bucket-worker.ts";
import { startDeliveryWorker } from "./delivery/delivery-worker.ts";
import { createOwnDeliveries } from "./delivery/own-deliveries.ts";
import { createDeps, type WorkerDeps } from "./deps.ts";
import { type WorkerEnv, workerEnvSchema } from "./env.ts";
import { startHealthServer } from "./health.ts";
import { startPushWorker } from "./push/push-worker.ts";
import { startRetryWorker } from "./retries/retry-worker.ts";
import { startStormWorker } from "./storms/storm-worker.ts";
import { consumeEvents } from "./stream/consume-events.ts";
import { startSweeps } from "./sweeps/sweeps.ts";

/** How long stopping may take. Milliseconds. */
const deadlineMs = 25_000;

try {
  const env = readEnv(workerEnvSchema, withSecretFiles(process.env, secretVariables));
  await start(env, createDeps(env));
} catch (error) {
  giveUp(error);
}

async function start(env: WorkerEnv, deps: WorkerDeps): Promise<void> {
  const { log, pool, redis, blockingRedis, queueRedis, queues } = deps;
  const shutdown = createShutdown({ log, deadlineMs });
  surviveRejections(log);
  const database = awaitDatabase({ url: env.DATABASE_URL, pool, budget: env.DATABASE_POOL_SIZE, log });
  const checkReadiness = createReadinessCheck(deps);
  let isAtWork = false;
  try {
    const health = await startHealthServer(
      { host: env.HOST, port: env.WORKER_HEALTH_PORT },
      {
        isReady: async () =>
          isAtWork &&
          !shutdown.isStopping &&
          Object.values((await checkReadiness()).checks).every((check) => check === "ok"),
        metrics: { registry: deps.metrics.registry, access: metricsAccessOf(env) },
      },
    );
    await untilUsable(redis, log);
    await database.usable;
    await deps.snapshots.current().catch((error: unknown) => {
      log.warn("Rules and directory cannot be loaded yet; the first batch does it", { error });
    });
    const ownDeliveries = createOwnDeliveries(deps, Math.ceil(env.DELIVERY_CONCURRENCY / 4));
    const consumer = consumeEvents({ ...deps, ownDeliveries });
    const deliveryWorker = startDeliveryWorker(deps, queueRedis, env.DELIVERY_CONCURRENCY);
    const pushWorker = startPushWorker(deps, queueRedis, env.PUSH_CONCURRENCY);
    const retryWorker = startRetryWorker({ redis, log }, queueRedis);
    const stormWorker = startStormWorker(deps, queueRedis);
    const bucketWorker = startBucketWorker(deps, queueRedis);
    await deps.bucketChecks.declare();
    const sweeps = startSweeps(deps);

    shutdown.add("sweeps", () => Promise.all(sweeps.map((sweep) => sweep.stop())));
    shutdown.add("event stream", () => consumer.stop());
    shutdown.add("own deliveries", () => ownDeliveries.close());
    shutdown.add("deliveries", () => deliveryWorker.close());
    shutdown.add("push notifications", () => pushWorker.close());
    shutdown.add("push services", () => deps.closePushServices());
    shutdown.add("retries", () => retryWorker.close());
    shutdown.add("storms", () => stormWorker.close());
    shutdown.add("bucket checks", () => bucketWorker.close());
    shutdown.add("queues", () => Promise.all(queues.map((queue) => queue.close())));
    shutdown.add("Redis", () =>
      [redis, blockingRedis, queueRedis].forEach((connection) => connection.disconnect()),
    );
    shutdown.add("object storage", () => deps.objects.close());
    shutdown.add("MySQL", () => pool.close());
    shutdown.add("health", () => health.close());
    isAtWork = true;
    log.info("Worker is ready", { consumer: deps.consumerName });
  } catch (error) {
    giveUp(error, log);
  }
}

/** Ends the process: a foreseen reason is told in one line, all else goes into the log. */
function giveUp(error: unknown, log?: Logger): never {
  const reason = explainFailedStart(error, "WORKER_HEALTH_PORT");
  if (reason === undefined && log) log.error("The worker cannot start", { error });
  else console.error(reason ?? error);
  process.exit(1);
}
