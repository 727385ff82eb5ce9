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
    archivedAt: instantSchema.nullable().describe("When you archived it"),
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
  .enum(["unread", "read", "acknowledged", "archived"])
  .describe("Only those in this state; without it, all that are not archived")
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

export const syncInputSchema = z.strictObject({
  after: z.coerce
    .number()
    .int()
    .min(0)
    .max(Number.MAX_SAFE_INTEGER)
    .describe("The `next` of the answer before; 0 the first time")
    .meta({ examples: [0] }),
  limit: z.coerce
    .number()
    .int()
    .min(1)
    .max(200)
    .default(100)
    .describe("How many changes at most")
    .meta({ examples: [100] }),
});
export type SyncInput = z.infer<typeof syncInputSchema>;

export const notificationChangeSchema = z.object({
  id: idSchema,
  seq: z
    .int()
    .describe("Your change number of this change")
    .meta({ examples: [17] }),
  notification: notificationSchema.nullable().describe("As it is now; null: you deleted it"),
});
export type NotificationChange = z.infer<typeof notificationChangeSchema>;

export const syncSchema = z
  .object({
    reset: z
      .boolean()
      .describe("True: forget everything and begin again with after=0")
      .meta({ examples: [false] }),
    changes: z.array(notificationChangeSchema).describe("What changed, oldest change first"),
    next: z
      .int()
      .describe("Ask with after={next} the next time")
      .meta({ examples: [17] }),
    more: z
      .boolean()
      .describe("True: ask again at once")
      .meta({ examples: [false] }),
  })
  .meta({ id: "Sync", description: "What changed among your notifications" });
export type Sync = z.infer<typeof syncSchema>;

export const webviewActionInputSchema = z.strictObject({
  id: idSchema,
  action: z
    .enum(["opened", "closed", "completed", "failed"])
    .describe("What was done with the web view")
    .meta({ examples: ["opened"] }),
  url: z
    .url({ protocol: /^https$/ })
    .max(2000)
    .optional()
    .describe("The page that it showed")
    .meta({ examples: ["https://admin.example.com/transfers/4711"] }),
});
export type WebviewActionInput = z.infer<typeof webviewActionInputSchema>;
