import { z } from "zod";
import { instantSchema, idSchema } from "./api/common.ts";
import { notificationKindSchema } from "./api/notifications.ts";
import { rulePrioritySchema } from "./api/rules.ts";

/** The events that clients bind to on their private channel. */
export const realtimeEvents = {
  notification: "notification",
  acknowledged: "notification.acknowledged",
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
    eventId: idSchema.nullable(),
    kind: notificationKindSchema,
    priority: rulePrioritySchema,
    title: z.string(),
    sound: z.string().nullable(),
    createdAt: instantSchema,
  })
  .meta({ id: "RealtimeNotification", description: "What arrives over Pusher" });
export type RealtimeNotification = z.infer<typeof realtimeNotificationSchema>;
