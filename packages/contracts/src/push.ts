import { z } from "zod";
import { idSchema } from "./api/common.ts";
import { notificationKindSchema } from "./api/notifications.ts";

/** Where a push notification leads when it is opened: the apps register this scheme. */
export function deepLinkTo(notificationId: string): string {
  return `tocsin://notifications/${notificationId}`;
}

/**
 * What an app gets with a push notification. FCM carries texts only, so every value is one; APNs carries the same beside
 * `aps`.
 */
export const pushDataSchema = z
  .discriminatedUnion("type", [
    z.object({
      type: z.literal("alert"),
      notificationId: idSchema,
      deliveryId: idSchema.describe("The same when it comes twice"),
      kind: notificationKindSchema,
      priority: z
        .string()
        .describe("1 critical … 5 info")
        .meta({ examples: ["1"] }),
      deepLink: z
        .string()
        .describe("Where it leads")
        .meta({ examples: ["tocsin://notifications/0198c0de-0000-7000-8000-000000000000"] }),
    }),
    z.object({
      type: z.literal("withdrawal"),
      notificationId: idSchema.describe("Take this one away"),
      deliveryId: idSchema,
      reason: z
        .enum(["acknowledged", "resolved", "read", "deleted"])
        .describe("Why")
        .meta({ examples: ["acknowledged"] }),
    }),
    z.object({
      type: z.literal("summary"),
      deliveryId: idSchema,
      count: z
        .string()
        .describe("How many alerts came without a sound")
        .meta({ examples: ["12"] }),
    }),
  ])
  .meta({ id: "PushData", description: "What an app gets with a push notification" });
export type PushData = z.infer<typeof pushDataSchema>;
