import { jobCatalogue } from "@tocsin/contracts/jobs";
import {
  type DeliveryServices,
  deliverNotifications,
  type DeliveryToRepeat,
} from "@tocsin/core/delivery/deliver-notifications";
import { withdrawNotifications } from "@tocsin/core/delivery/withdraw-notifications";
import { parseJob } from "@tocsin/platform/queues";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";

/**
 * Runs the notification-delivery queue. A job is only a wake-up: whether anything is due, and what, the rows tell; so it
 * does not matter if a job is lost, late or run twice.
 * @param concurrency how many jobs run at once
 */
export function startDeliveryWorker(
  services: DeliveryServices,
  connection: Redis,
  concurrency: number,
): Worker {
  const { log, wakeUps } = services;
  const worker = new Worker(
    jobCatalogue.deliverNotifications.queue,
    async (job) => {
      if (job.name === jobCatalogue.withdrawNotifications.name) {
        const again = await withdrawNotifications(services, parseJob("withdrawNotifications", job.data));
        await wakeAgain(again, (id, delay) => wakeUps.withdraw([id], { delay }));
      } else {
        const again = await deliverNotifications(services, parseJob("deliverNotifications", job.data));
        await wakeAgain(again, (id, delay) => wakeUps.deliver([id], { delay }));
      }
    },
    // A lock that expires while a process is paused makes BullMQ fail the job; the row's lease is what counts here.
    { connection, concurrency, maxStalledCount: 100 },
  );
  worker.on("error", (error) => log.warn("The delivery queue has a problem", { error }));
  worker.on("failed", (job, error) => log.error("A delivery job failed", { jobId: job?.id, error }));
  return worker;
}

async function wakeAgain(
  again: readonly DeliveryToRepeat[],
  wake: (notificationId: string, delay: number) => Promise<void>,
): Promise<void> {
  await Promise.all(again.map(({ notificationId, delay }) => wake(notificationId, delay)));
}
