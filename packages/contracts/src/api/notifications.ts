import { z } from "zod";
import {
  givenInstantSchema,
  idSchema,
  instantSchema,
  pageOf,
  pageQueryFields,
  queryInteger,
} from "./common.ts";
import { alertActionSchema, rulePrioritySchema } from "./rules.ts";
import { shown } from "./shown.ts";

/** How many recipients an answer names; recipientCount tells how many there are. */
export const namedRecipients = 100;

/** How many one call may name, and how many it changes where it names none. */
export const maximumNamedChanges = 100;
export const maximumChanges = 500;

/** Counting goes no further where a filter other than the status is used. */
export const maximumNotificationTotal = 10_000;

export const notificationKindSchema = z
  .enum(["alert", "storm", "digest", "resolved", "drill"])
  .describe("What it is")
  .meta({ examples: ["alert"] });

export const notificationSchema = z
  .object({
    id: idSchema,
    ruleId: idSchema.nullable().describe("The rule that fired; null: a test that you sent to yourself"),
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
    action: alertActionSchema.nullable(),
    priority: shown(rulePrioritySchema),
    occurrences: z
      .int()
      .describe("How many events were folded into it")
      .meta({ examples: [1] }),
    seq: z
      .int()
      .describe("Your change number of this notification; 0 where you were not alerted")
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
    alertAcknowledgedAt: instantSchema
      .nullable()
      .describe("When it counted as acknowledged for all: by anyone or by everyone, as its rule says"),
    resolvedAt: instantSchema.nullable().describe("When the source said that it is over"),
    acknowledgedBy: z.array(idSchema).describe("Everyone who acknowledged it"),
    recipients: z
      .array(idSchema)
      .describe(
        `Everyone who was alerted; the first ${namedRecipients}, those who acknowledged before others`,
      ),
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

export const notificationScopeSchema = z
  .enum(["mine", "all"])
  .describe("Your own, or everyone's: one line for each alert, whoever was alerted")
  .meta({ examples: ["mine"] });

const queryPrioritySchema = queryInteger(1, 5);

export const listNotificationsInputSchema = z.strictObject({
  ...pageQueryFields,
  scope: notificationScopeSchema.default("mine"),
  status: notificationStatusSchema.optional(),
  ruleId: idSchema.optional().describe("Raised by this rule"),
  priority: queryPrioritySchema
    .optional()
    .describe("Of this priority")
    .meta({ examples: [1] }),
  priorityAtMost: queryPrioritySchema
    .optional()
    .describe("Of this priority or a more urgent one: 2 finds 1 and 2")
    .meta({ examples: [2] }),
  kind: notificationKindSchema.optional(),
  from: givenInstantSchema.optional().describe("Raised at this instant or later"),
  to: givenInstantSchema.optional().describe("Raised before this instant"),
});
export type ListNotificationsInput = z.infer<typeof listNotificationsInputSchema>;
export const notificationPageSchema = pageOf(notificationSchema).meta({
  id: "NotificationPage",
  description: `A page of notifications, newest first; total counts no further than ${maximumNotificationTotal.toLocaleString("en")} where anything but the status is filtered by`,
});

export const changeNotificationsInputSchema = z.strictObject({
  ids: z
    .array(idSchema)
    .min(1)
    .max(maximumNamedChanges)
    .optional()
    .describe("These")
    .meta({ examples: [["0198c0de-0000-7000-8000-000000000000"]] }),
  upTo: z
    .int()
    .min(0)
    .optional()
    .describe("All up to this change number: what you have synced and can have seen")
    .meta({ examples: [17] }),
  all: z
    .literal(true)
    .optional()
    .describe("All, also what comes in meanwhile")
    .meta({ examples: [true] }),
});
export type ChangeNotificationsInput = z.infer<typeof changeNotificationsInputSchema>;

export const changedNotificationsSchema = z
  .object({
    items: z
      .array(
        z.object({
          id: idSchema,
          outcome: z
            .enum(["changed", "unchanged", "not_found"])
            .describe("unchanged: it was done before; not_found: you have no such notification")
            .meta({ examples: ["changed"] }),
          seq: z
            .int()
            .nullable()
            .describe("Your change number of it from now on")
            .meta({ examples: [18] }),
        }),
      )
      .describe("What came of each"),
    more: z
      .boolean()
      .describe("True: there are more; ask again at once")
      .meta({ examples: [false] }),
  })
  .meta({ id: "ChangedNotifications", description: "What came of a change of many notifications" });
export type ChangedNotifications = z.infer<typeof changedNotificationsSchema>;

export const unreadCountSchema = z
  .object({
    count: z
      .int()
      .describe("How many you have not read")
      .meta({ examples: [3] }),
  })
  .meta({ id: "UnreadCount", description: "How many notifications you have not read" });

export const syncInputSchema = z.strictObject({
  after: queryInteger(0, Number.MAX_SAFE_INTEGER)
    .describe("The `next` of the answer before; 0 the first time")
    .meta({ examples: [0] }),
  epoch: idSchema
    .optional()
    .describe(
      "The `epoch` of the answer before; none the first time. With another one than today's you begin again",
    ),
  limit: queryInteger(1, 200)
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
  notification: notificationSchema
    .nullable()
    .describe("As it is now; null: you deleted it, or it was kept long enough"),
});
export type NotificationChange = z.infer<typeof notificationChangeSchema>;

export const syncSchema = z
  .object({
    reset: z
      .boolean()
      .describe(
        "True: forget everything and begin again with after=0. You stayed away for so long that it is not known any more what was deleted meanwhile, or the database was put back to an earlier state",
      )
      .meta({ examples: [false] }),
    epoch: idSchema.describe(
      "In which life of the database your change numbers count. Send it with `after` the next time: after the database was put back to an earlier state it is another one",
    ),
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

export const receiptInputSchema = z.strictObject({
  id: idSchema,
  type: z
    .enum(["received", "displayed", "sounded"])
    .describe("What the device did with the alert")
    .meta({ examples: ["displayed"] }),
});
export type ReceiptInput = z.infer<typeof receiptInputSchema>;
