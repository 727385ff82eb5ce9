import { z } from "zod";
import { pushPlatforms } from "./channels.ts";

/** How a failed job is tried again. Milliseconds. */
export interface Backoff {
  type: "exponential";
  delay: number;
  /** The share of the delay that is left to chance, 0 to 1. */
  jitter: number;
}

/** A kind of background job: its name, payload, and how often it is tried. */
export interface JobDefinition<Payload extends z.ZodType = z.ZodType> {
  queue: QueueName;
  name: string;
  payload: Payload;
  attempts: number;
  backoff: Backoff;
}

/** The queues, by the names that operators see. */
export const queueNames = [
  "event-processing-queue",
  "notification-delivery-queue",
  "push-notification-queue",
  "alert-suppression-queue",
  "bucket-monitoring-queue",
] as const;
export type QueueName = (typeof queueNames)[number];

/** One job wakes so many notifications at the most: what a batch of events raised is delivered together. */
export const notificationsPerJob = 50;

/**
 * Every job there is. A job is only a wake-up: the row that it names says what is due.
 * Add fields as optional: jobs outlive deploys.
 */
export const jobCatalogue = {
  retryEvent: {
    queue: "event-processing-queue",
    name: "retry-event",
    payload: z.object({ eventId: z.uuid() }),
    attempts: 5,
    backoff: { type: "exponential", delay: 1000, jitter: 0.5 },
  },
  deliverNotifications: {
    queue: "notification-delivery-queue",
    name: "deliver-notifications",
    payload: z.object({ notificationIds: z.array(z.uuid()).min(1).max(notificationsPerJob) }),
    attempts: 5,
    backoff: { type: "exponential", delay: 500, jitter: 0.5 },
  },
  withdrawNotifications: {
    queue: "notification-delivery-queue",
    name: "withdraw-notifications",
    payload: z.object({ notificationIds: z.array(z.uuid()).min(1).max(notificationsPerJob) }),
    attempts: 5,
    backoff: { type: "exponential", delay: 500, jitter: 0.5 },
  },
  tellUnreadCounts: {
    queue: "notification-delivery-queue",
    name: "tell-unread-counts",
    payload: z.object({ userIds: z.array(z.uuid()).min(1).max(notificationsPerJob) }),
    attempts: 1,
    backoff: { type: "exponential", delay: 500, jitter: 0.5 },
  },
  sendPushes: {
    queue: "push-notification-queue",
    name: "send-pushes",
    payload: z.object({
      platform: z.enum(pushPlatforms),
      notificationIds: z.array(z.uuid()).min(1).max(notificationsPerJob),
    }),
    attempts: 5,
    backoff: { type: "exponential", delay: 500, jitter: 0.5 },
  },
  summariseStorm: {
    queue: "alert-suppression-queue",
    name: "summarise-storm",
    payload: z.object({ ruleId: z.uuid() }),
    attempts: 5,
    backoff: { type: "exponential", delay: 1000, jitter: 0.5 },
  },
  checkBuckets: {
    queue: "bucket-monitoring-queue",
    name: "check-buckets",
    payload: z.object({}),
    attempts: 3,
    backoff: { type: "exponential", delay: 1000, jitter: 0.5 },
  },
} as const satisfies Record<string, JobDefinition>;

export type JobKey = keyof typeof jobCatalogue;
export type JobPayload<Key extends JobKey> = z.infer<(typeof jobCatalogue)[Key]["payload"]>;
/** The names of the jobs of one queue. */
export type JobNameOf<Queue extends QueueName> = Extract<
  (typeof jobCatalogue)[JobKey],
  { queue: Queue }
>["name"];
