import { z } from "zod";
import { instantSchema, idSchema } from "./api/common.ts";
import { notificationKindSchema } from "./api/notifications.ts";
import { rulePrioritySchema } from "./api/rules.ts";

/** The events that clients bind to on their private channel. */
export const realtimeEvents = {
  /** An alert, with its sound. */
  notification: "notification",
  /** An alert that the person does not want to be interrupted by: show it, without a sound. */
  quiet: "notification.quiet",
  /** An alert is seen to or over: stop its sound, take it away. */
  acknowledged: "notification.acknowledged",
  resolved: "notification.resolved",
  /** The person's own number of unread alerts, after something that they did on one of their devices. */
  unreadCount: "unread-count",
  /** So many alerts came without a sound. */
  summary: "summary",
} as const;

const channelPrefix = "private-user-";

/** The private channel of one user. */
export function userChannel(userId: string): string {
  return channelPrefix + userId;
}

/** The body of a `notification` event: the same for every recipient. Details and counts come from the API. */
export const realtimeNotificationSchema = z
  .object({
    notificationId: idSchema,
    deliveryId: idSchema.describe("The same when it comes twice"),
    eventId: idSchema.nullable(),
    kind: notificationKindSchema,
    priority: rulePrioritySchema,
    title: z
      .string()
      .describe("The title")
      .meta({ examples: ["Transfer of 25000 failed"] }),
    sound: z
      .string()
      .nullable()
      .describe("The sound's file name")
      .meta({ examples: ["alarm.mp3"] }),
    createdAt: instantSchema,
  })
  .meta({ id: "RealtimeNotification", description: "What arrives over Pusher" });
export type RealtimeNotification = z.infer<typeof realtimeNotificationSchema>;

/** The body of the events that end an alert. */
export const realtimeWithdrawalSchema = z
  .object({ notificationId: idSchema })
  .meta({ id: "RealtimeWithdrawal", description: "An alert is seen to, or over" });
export type RealtimeWithdrawal = z.infer<typeof realtimeWithdrawalSchema>;

/** The body of a `summary` event. */
export const realtimeSummarySchema = z
  .object({
    count: z
      .int()
      .describe("How many alerts came without a sound")
      .meta({ examples: [12] }),
  })
  .meta({ id: "RealtimeSummary", description: "Alerts that did not interrupt" });
export type RealtimeSummary = z.infer<typeof realtimeSummarySchema>;

/** The body of an `unread-count` event. */
export const realtimeUnreadCountSchema = z
  .object({
    count: z
      .int()
      .describe("How many alerts the person has not read")
      .meta({ examples: [3] }),
  })
  .meta({ id: "RealtimeUnreadCount", description: "The person's own number of unread alerts" });
export type RealtimeUnreadCount = z.infer<typeof realtimeUnreadCountSchema>;
