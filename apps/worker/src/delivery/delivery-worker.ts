import { jobCatalogue, type JobNameOf } from "@tocsin/contracts/jobs";
import { type DeliveryServices, deliverNotifications } from "@tocsin/core/delivery/deliver-notifications";
import { withdrawNotifications } from "@tocsin/core/delivery/withdraw-notifications";
import { parseJob } from "@tocsin/platform/queues";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";
import type Pusher from "pusher";
import { tellUnreadCounts } from "./tell-unread-counts.ts";
import { wakeAgain } from "./wake-again.ts";

/**
 * Runs the notification-delivery queue. A job is only a wake-up: whether anything is due, and what, the rows tell; so it
 * does not matter if a job is lost, late or run twice.
 * @param concurrency how many jobs run at once
 */
export function startDeliveryWorker(
  services: DeliveryServices & { pusher: Pusher },
  connection: Redis,
  concurrency: number,
): Worker {
  const { log, wakeUps } = services;
  const handlers = {
    [jobCatalogue.deliverNotifications.name]: async (data: unknown) => {
      const again = await deliverNotifications(services, parseJob("deliverNotifications", data));
      await wakeAgain(wakeUps, "deliver", again);
    },
    [jobCatalogue.withdrawNotifications.name]: async (data: unknown) => {
      const again = await withdrawNotifications(services, parseJob("withdrawNotifications", data));
      await wakeAgain(wakeUps, "withdraw", again);
    },
    [jobCatalogue.tellUnreadCounts.name]: (data: unknown) =>
      tellUnreadCounts(services, parseJob("tellUnreadCounts", data)),
  } satisfies Record<JobNameOf<"notification-delivery-queue">, (data: unknown) => Promise<void>>;
  const worker = new Worker(
    jobCatalogue.deliverNotifications.queue,
    (job) => handlers[job.name as keyof typeof handlers](job.data),
    // A lock that expires while a process is paused makes BullMQ fail the job; the row's lease is what counts here.
    { connection, concurrency, maxStalledCount: 100 },
  );
  worker.on("error", (error) => log.warn("The delivery queue has a problem", { error }));
  worker.on("failed", (job, error) => log.error("A delivery job failed", { jobId: job?.id, error }));
  return worker;
}
