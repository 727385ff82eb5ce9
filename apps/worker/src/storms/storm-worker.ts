import { jobCatalogue } from "@tocsin/contracts/jobs";
import type { PipelineServices } from "@tocsin/core/pipeline/process-batch";
import { summariseStorm } from "@tocsin/core/storms/summarise-storm";
import { parseJob } from "@tocsin/platform/queues";
import type { WakeUps } from "@tocsin/platform/wake-ups";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { StormQueue } from "./storm-queue.ts";

export interface StormWorkerServices extends PipelineServices {
  wakeUps: WakeUps;
  storms: StormQueue;
}

/** Runs the alert-suppression queue. A job is only a wake-up: the rule's gate says whether a summary is due. */
export function startStormWorker(services: StormWorkerServices, connection: Redis): Worker {
  const worker = new Worker(
    jobCatalogue.summariseStorm.queue,
    async (job) => {
      const { ruleId } = parseJob("summariseStorm", job.data);
      const { dueNotificationIds, next } = await summariseStorm(services, ruleId);
      await services.wakeUps.deliver(dueNotificationIds);
      if (next) await services.storms.wakeNext(ruleId, next);
    },
    { connection, concurrency: 5, maxStalledCount: 100 },
  );
  worker.on("error", (error) => services.log.warn("The suppression queue has a problem", { error }));
  worker.on("failed", (job, error) =>
    services.log.error("A storm was not summed up", { jobId: job?.id, error }),
  );
  return worker;
}
