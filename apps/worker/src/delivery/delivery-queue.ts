import type { Logger } from "@tocsin/platform/logger";
import { addJobs } from "@tocsin/platform/queues";
import type { Queue } from "bullmq";

/** Wakes deliveries. Never throws: what it misses is found by the sweep. */
export interface DeliveryQueue {
  wake(notificationIds: readonly string[]): Promise<void>;
  /** Wakes deliveries that are overdue: by jobs of their own, since the first ones may hang with a dead worker. */
  wakeOverdue(notificationIds: readonly string[]): Promise<void>;
  /** Wakes a delivery again after so many milliseconds. */
  wakeLater(notificationId: string, delay: number): Promise<void>;
}

/** The waking side of the notification-delivery queue. */
export function createDeliveryQueue({ queue, log }: { queue: Queue; log: Logger }): DeliveryQueue {
  async function add(notificationIds: readonly string[], suffix: string, delay?: number): Promise<void> {
    try {
      await addJobs(
        queue,
        "deliverNotification",
        notificationIds.map((notificationId) => ({
          id: `${notificationId}-${suffix}`,
          payload: { notificationId },
          ...(delay !== undefined && { delay }),
        })),
      );
    } catch (error) {
      log.warn("Deliveries were not woken; the sweep will", { count: notificationIds.length, error });
    }
  }
  return {
    wake: (notificationIds) => add(notificationIds, "now"),
    wakeOverdue: (notificationIds) => add(notificationIds, "overdue"),
    wakeLater: (notificationId, delay) => add([notificationId], "later", delay),
  };
}
