import { createHash } from "node:crypto";
import type { PushPlatform } from "@tocsin/contracts/channels";
import { type JobKey, jobCatalogue, type JobPayload, notificationsPerJob } from "@tocsin/contracts/jobs";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import type { Logger } from "./logger.ts";
import { addJobs, createQueue } from "./queues.ts";

/** When a wake-up is to come. */
export interface WakeUpTime {
  /** Milliseconds from now. */
  delay?: number;
  /** It has come before, to no avail: so that this one is not mistaken for the one that hangs with a dead worker. */
  isOverdue?: boolean;
}

/**
 * Wakes what is due for notifications. Never throws: a wake-up that is lost is made up for by a sweep, and one too many
 * finds nothing due.
 */
export interface WakeUps {
  /** Screens are to be called. */
  deliver(notificationIds: readonly string[], time?: WakeUpTime): Promise<void>;
  /** Screens are to take an alert away. */
  withdraw(notificationIds: readonly string[], time?: WakeUpTime): Promise<void>;
  /** Somebody's screens are to show their number of unread alerts. A hint: what is lost is not made up for. */
  tellUnread(userIds: readonly string[]): Promise<void>;
  /** Phones are to ring, or to take an alert away. */
  push(platform: PushPlatform, notificationIds: readonly string[], time?: WakeUpTime): Promise<void>;
}

/** Wake-ups as jobs, many notifications each. */
export function createWakeUps({ redis, log }: { redis: Redis; log: Logger }): WakeUps & { queues: Queue[] } {
  const delivery = createQueue(jobCatalogue.deliverNotifications.queue, redis);
  const push = createQueue(jobCatalogue.sendPushes.queue, redis);

  async function wake<Key extends JobKey>(
    queue: Queue,
    key: Key,
    ids: readonly string[],
    payloadOf: (ids: string[]) => JobPayload<Key>,
    { delay, isOverdue = false }: WakeUpTime,
  ): Promise<void> {
    const later = delay && `at${Date.now() + delay}`;
    const jobs = Array.from({ length: Math.ceil(ids.length / notificationsPerJob) }, (_, index) => {
      const some = ids.slice(index * notificationsPerJob, (index + 1) * notificationsPerJob);
      const payload = payloadOf(some);
      const parts = [hashOf([key, JSON.stringify(payload)]), isOverdue && "overdue", later];
      return { id: parts.filter(Boolean).join("-"), payload, ...(delay && { delay }) };
    });
    try {
      await addJobs(queue, key, jobs);
    } catch (error) {
      log.warn("Wake-ups were lost; a sweep makes up for them", { job: key, count: ids.length, error });
    }
  }

  return {
    queues: [delivery, push],
    deliver: (ids, time = {}) =>
      wake(delivery, "deliverNotifications", ids, (notificationIds) => ({ notificationIds }), time),
    withdraw: (ids, time = {}) =>
      wake(delivery, "withdrawNotifications", ids, (notificationIds) => ({ notificationIds }), time),
    tellUnread: (userIds) => wake(delivery, "tellUnreadCounts", userIds, (some) => ({ userIds: some }), {}),
    push: (platform, ids, time = {}) =>
      wake(push, "sendPushes", ids, (notificationIds) => ({ platform, notificationIds }), time),
  };
}

/**
 * A job about the same notifications has the same id; one for later also names its time, so that a job under way can
 * ask for the next one. Not all digits, which BullMQ would refuse.
 */
function hashOf(parts: readonly string[]): string {
  return `w${createHash("sha256").update(parts.join("\0")).digest("hex").slice(0, 32)}`;
}
