import { jobCatalogue } from "@tocsin/contracts/jobs";
import { type DeliveryServices, deliverNotification } from "@tocsin/core/delivery/deliver-notification";
import { parseJob } from "@tocsin/platform/queues";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import type { DeliveryQueue } from "./delivery-queue.ts";

export interface DeliveryWorkerServices extends DeliveryServices {
  queue: DeliveryQueue;
  /** How many notifications are delivered at once. */
  concurrency: number;
}

/**
 * Runs the notification-delivery queue. A job is only a wake-up: whether anything is due, and what, the row tells;
 * so it does not matter if a job is lost, late or run twice.
 */
export function startDeliveryWorker(services: DeliveryWorkerServices, connection: Redis): Worker {
  const worker = new Worker(
    jobCatalogue.deliverNotification.queue,
    async (job) => {
      const { notificationId } = parseJob("deliverNotification", job.data);
      const result = await deliverNotification(services, { notificationId });
      if (!result.done) await services.queue.wakeLater(notificationId, result.again);
    },
    // A lock that expires while a process is paused makes BullMQ fail the job; the row's lease is what counts here.
    { connection, concurrency: services.concurrency, maxStalledCount: 100 },
  );
  worker.on("error", (error) => services.log.warn("The delivery queue has a problem", { error }));
  worker.on("failed", (job, error) => services.log.error("A delivery job failed", { jobId: job?.id, error }));
  return worker;
}
