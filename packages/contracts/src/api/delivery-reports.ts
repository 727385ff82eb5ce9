import { z } from "zod";
import { idSchema, instantSchema } from "./common.ts";
import { pushPlatformSchema } from "./devices.ts";
import { notificationKindSchema } from "./notifications.ts";

/** The most recipients that one report tells of. */
export const maximumReportedRecipients = 200;

export const deliveryReportInputSchema = z.strictObject({
  id: idSchema,
  after: idSchema
    .optional()
    .describe("Only recipients with a greater user id: the `nextAfter` of the answer before"),
});
export type DeliveryReportInput = z.infer<typeof deliveryReportInputSchema>;

const heldReasonSchema = z
  .string()
  .nullable()
  .describe("Why the person was not interrupted: muted_rule, below_priority, quiet_hours, rate_limited")
  .meta({ examples: ["quiet_hours"] });

export const reportedDeviceSchema = z
  .object({
    deviceId: idSchema,
    platform: pushPlatformSchema,
    status: z
      .enum(["pending", "accepted", "failed", "cancelled", "withdrawing", "withdrawn"])
      .describe("cancelled: it was not needed any more; withdrawn: it was taken away again")
      .meta({ examples: ["accepted"] }),
    attempts: z
      .int()
      .describe("How often it was tried")
      .meta({ examples: [1] }),
    sentAt: instantSchema.nullable().describe("When the provider took it"),
    errorCode: z
      .string()
      .nullable()
      .describe("What went wrong the last time")
      .meta({ examples: ["Unregistered"] }),
  })
  .meta({ id: "ReportedDevice", description: "What became of an alert on one phone" });

export const reportedRecipientSchema = z
  .object({
    userId: idSchema,
    screen: z
      .enum(["pending", "sent", "failed"])
      .describe("What became of it on the person's screens: sent means that Pusher took it")
      .meta({ examples: ["sent"] }),
    heldReason: heldReasonSchema,
    reachedAt: instantSchema.nullable().describe("When a provider took it for this person"),
    receivedAt: instantSchema.nullable().describe("When a device told that it arrived"),
    displayedAt: instantSchema.nullable().describe("When a device told that it was shown"),
    soundedAt: instantSchema.nullable().describe("When a device told that it was heard"),
    readAt: instantSchema.nullable(),
    acknowledgedAt: instantSchema.nullable(),
    devices: z.array(reportedDeviceSchema).describe("The person's phones"),
  })
  .meta({ id: "ReportedRecipient", description: "How an alert reached one person" });
export type ReportedRecipient = z.infer<typeof reportedRecipientSchema>;

export const deliveryReportSchema = z
  .object({
    notificationId: idSchema,
    kind: notificationKindSchema,
    createdAt: instantSchema,
    recipientCount: z
      .int()
      .describe("How many people were alerted")
      .meta({ examples: [3] }),
    reached: z
      .int()
      .describe("How many of them some provider took it for")
      .meta({ examples: [3] }),
    displayed: z
      .int()
      .describe("How many of them saw it, as their devices tell")
      .meta({ examples: [2] }),
    acknowledged: z
      .int()
      .describe("How many of them acknowledged it")
      .meta({ examples: [1] }),
    recipients: z.array(reportedRecipientSchema).describe("The people, by their id; at most 200"),
    nextAfter: idSchema
      .nullable()
      .describe("Ask for the others with after={nextAfter}; null: these were all"),
  })
  .meta({ id: "DeliveryReport", description: "Whom a notification reached, when and how" });
export type DeliveryReport = z.infer<typeof deliveryReportSchema>;

export const startedDrillSchema = z
  .object({
    id: idSchema.describe("The drill: ask for its report with it"),
    recipientCount: z
      .int()
      .describe("How many people it goes to")
      .meta({ examples: [3] }),
  })
  .meta({ id: "StartedDrill", description: "A drill that is on its way" });
export type StartedDrill = z.infer<typeof startedDrillSchema>;

export const notificationExplanationSchema = z
  .object({
    notificationId: idSchema,
    interruption: z
      .enum(["interrupted", "held", "undecided"])
      .describe("held: it came without a sound")
      .meta({ examples: ["interrupted"] }),
    heldReason: heldReasonSchema,
    why: z
      .string()
      .describe("The same in words")
      .meta({ examples: ["You were interrupted: nothing in your preferences was against it"] }),
    steps: z
      .array(
        z.object({
          at: instantSchema,
          what: z
            .string()
            .describe("What happened")
            .meta({ examples: ["Pusher took it"] }),
        }),
      )
      .describe("What happened, in order"),
    report: reportedRecipientSchema,
  })
  .meta({ id: "NotificationExplanation", description: "How a notification came to one person, and why so" });
export type NotificationExplanation = z.infer<typeof notificationExplanationSchema>;
