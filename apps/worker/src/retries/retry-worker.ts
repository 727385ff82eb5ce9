import { jobCatalogue } from "@tocsin/contracts/jobs";
import { announceEvents } from "@tocsin/core/events/announce-events";
import type { Logger } from "@tocsin/platform/logger";
import { parseJob } from "@tocsin/platform/queues";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";

/** Runs the event-processing queue: what failed for a reason of its own goes back into the stream when its time comes. */
export function startRetryWorker(services: { redis: Redis; log: Logger }, connection: Redis): Worker {
  const worker = new Worker(
    jobCatalogue.retryEvent.queue,
    async (job) => {
      const { eventId } = parseJob("retryEvent", job.data);
      await announceEvents(services.redis, services.log, [{ id: eventId, correlationId: null }]);
    },
    { connection, concurrency: 5, maxStalledCount: 100 },
  );
  worker.on("error", (error) => services.log.warn("The event queue has a problem", { error }));
  worker.on("failed", (job, error) => services.log.error("A retry failed", { jobId: job?.id, error }));
  return worker;
}
