import { jobCatalogue } from "@tocsin/contracts/jobs";
import { type PushServices, sendPushes } from "@tocsin/core/push/send-pushes";
import { parseJob } from "@tocsin/platform/queues";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";

/**
 * Runs the push-notification queue: jobs of both providers side by side; each provider's channel limits itself, so that
 * one that hangs keeps nobody else waiting.
 * @param concurrency how many jobs run at once
 */
export function startPushWorker(services: PushServices, connection: Redis, concurrency: number): Worker {
  const worker = new Worker(
    jobCatalogue.sendPushes.queue,
    (job) => sendPushes(services, parseJob("sendPushes", job.data)),
    { connection, concurrency, maxStalledCount: 100 },
  );
  worker.on("error", (error) => services.log.warn("The push queue has a problem", { error }));
  worker.on("failed", (job, error) => services.log.error("A push job failed", { jobId: job?.id, error }));
  return worker;
}
