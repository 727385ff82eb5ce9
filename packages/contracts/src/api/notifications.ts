import { z } from "zod";
import { idSchema, instantSchema, pageOf, pageQueryFields } from "./common.ts";
import { ruleActionSchema, rulePrioritySchema } from "./rules.ts";

export const notificationKindSchema = z
  .enum(["alert", "storm", "digest", "resolved", "drill"])
  .describe("What it is")
  .meta({ examples: ["alert"] });

export const notificationSchema = z
  .object({
    id: idSchema,
    ruleId: idSchema,
    eventId: idSchema.nullable(),
    kind: notificationKindSchema,
    title: z
      .string()
      .describe("The title")
      .meta({ examples: ["Transfer of 25000 failed"] }),
    message: z
      .string()
      .describe("The text")
      .meta({ examples: ["insufficient funds"] }),
    truncated: z
      .boolean()
      .describe("True: title or text were too long and were cut")
      .meta({ examples: [false] }),
    sound: z
      .string()
      .nullable()
      .describe("The sound's file name")
      .meta({ examples: ["alarm.mp3"] }),
    action: ruleActionSchema.nullable(),
    priority: rulePrioritySchema,
    occurrences: z
      .int()
      .describe("How many events were folded into it")
      .meta({ examples: [1] }),
    seq: z
      .int()
      .describe("Your change number of this notification")
      .meta({ examples: [17] }),
    delivered: z
      .boolean()
      .describe("True: every recipient was reached by some channel")
      .meta({ examples: [true] }),
    pusherEventSent: z
      .boolean()
      .describe("True: Pusher took it")
      .meta({ examples: [true] }),
    createdAt: instantSchema,
    deliveredAt: instantSchema.nullable(),
    readAt: instantSchema.nullable(),
    acknowledgedAt: instantSchema.nullable().describe("When you acknowledged it"),
    acknowledgedBy: z.array(idSchema).describe("Everyone who acknowledged it"),
    recipients: z.array(idSchema).describe("Everyone who was alerted; the first 100"),
    recipientCount: z
      .int()
      .describe("How many people were alerted")
      .meta({ examples: [3] }),
  })
  .meta({ id: "Notification", description: "An alert, as you received it" });
export type NotificationView = z.infer<typeof notificationSchema>;

export const notificationStatusSchema = z
  .enum(["unread", "read", "acknowledged"])
  .describe("Only those in this state")
  .meta({ examples: ["unread"] });

export const listNotificationsInputSchema = z.strictObject({
  ...pageQueryFields,
  status: notificationStatusSchema.optional(),
});
export type ListNotificationsInput = z.infer<typeof listNotificationsInputSchema>;
export const notificationPageSchema = pageOf(notificationSchema).meta({
  id: "NotificationPage",
  description: "A page of your notifications, newest first",
});

export const unreadCountSchema = z
  .object({
    count: z
      .int()
      .describe("How many you have not read")
      .meta({ examples: [3] }),
  })
  .meta({ id: "UnreadCount", description: "How many notifications you have not read" });
