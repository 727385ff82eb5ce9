import { z } from "zod";
import { idSchema, instantSchema, text } from "./common.ts";
import { shownFields } from "./shown.ts";

/** The most devices that a user may have in use at once. */
export const maximumDevices = 20;

export const pushPlatformSchema = z
  .enum(["fcm", "apns"])
  .describe("Whose service brings push notifications there: fcm for Android, apns for iOS")
  .meta({ examples: ["fcm"] });

/** A token as Firebase gives it: opaque, without spaces. */
export const fcmTokenSchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,1000}$/, "Must be a registration token, without spaces, of at most 1,000 characters")
  .describe("The registration token that Firebase gave the app")
  .meta({ examples: ["cX1-fcm:APA91bExample"] });

/** A token as Apple gives it, in hexadecimal. */
export const apnsTokenSchema = z
  .string()
  .regex(/^(?:[\da-fA-F]{2}){32,100}$/, "Must be a device token in hexadecimal, of 64 to 200 digits")
  .describe("The device token that Apple gave the app, in hexadecimal")
  .meta({ examples: ["00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0"] });

const pushEnvironmentSchema = z
  .enum(["production", "sandbox"])
  .describe("APNs only: sandbox for builds from Xcode")
  .meta({ examples: ["production"] });

const topicSchema = z
  .string()
  .regex(/^[\w.-]{1,255}$/, "Must be a bundle id such as com.example.tocsin")
  .nullable()
  .describe("APNs only: the app's bundle id; null: the configured one")
  .meta({ examples: ["com.example.tocsin"] });

const nameSchema = text(100)
  .nullable()
  .describe("What the user calls it")
  .meta({ examples: ["Ada's phone"] });

const localeSchema = z
  .string()
  .regex(/^[\dA-Za-z]{1,8}(-[\dA-Za-z]{1,8})*$/, "Must be a language tag such as de-CH")
  .max(35)
  .nullable()
  .describe("The language of the app (BCP 47)")
  .meta({ examples: ["de-CH"] });

export const registerDeviceInputSchema = z
  .strictObject({
    platform: pushPlatformSchema,
    token: z
      .string()
      .min(1)
      .max(1000)
      .describe("What Firebase or Apple gave the app")
      .meta({ examples: ["cX1-fcm:APA91bExample"] }),
    environment: pushEnvironmentSchema.default("production"),
    topic: topicSchema.default(null),
    name: nameSchema.default(null),
    locale: localeSchema.default(null),
  })
  .superRefine(({ platform, token }, ctx) => {
    const checked = (platform === "fcm" ? fcmTokenSchema : apnsTokenSchema).safeParse(token);
    for (const { message } of checked.error?.issues ?? [])
      ctx.addIssue({ code: "custom", path: ["token"], message });
  });
export type RegisterDeviceInput = z.infer<typeof registerDeviceInputSchema>;

export const deviceSchema = z
  .object({
    id: idSchema,
    platform: pushPlatformSchema,
    environment: pushEnvironmentSchema,
    ...shownFields({ topic: topicSchema, name: nameSchema, locale: localeSchema }),
    createdAt: instantSchema,
    lastSeenAt: instantSchema.describe("When the app last told of it"),
    told: z
      .enum(["everything", "existence", "nothing"])
      .describe(
        "What push notifications tell it: everything; existence: that there is an alert, not what it says, until its app registers it again or refreshes its session; nothing",
      )
      .meta({ examples: ["everything"] }),
    disabledAt: instantSchema.nullable().describe("Since when it gets nothing any more"),
    disabledReason: z
      .string()
      .nullable()
      .describe("Why: what the provider said, or what the user did")
      .meta({ examples: ["Unregistered"] }),
  })
  .meta({ id: "Device", description: "A phone or tablet that push notifications reach" });
export type Device = z.infer<typeof deviceSchema>;

export const deviceListSchema = z
  .object({ items: z.array(deviceSchema).describe("The devices, the one seen last first; at most 100") })
  .meta({ id: "DeviceList", description: "A user's devices" });
export type DeviceList = z.infer<typeof deviceListSchema>;

export const pushTokensInputSchema = z.strictObject({
  fcm: fcmTokenSchema
    .nullable()
    .optional()
    .describe("Android: a token registers it, null stops all, absent leaves things as they are"),
  apns: apnsTokenSchema
    .nullable()
    .optional()
    .describe("iOS: a token registers it, null stops all, absent leaves things as they are"),
});
export type PushTokensInput = z.infer<typeof pushTokensInputSchema>;

export const pushTokensSchema = z
  .object({
    fcm: z
      .string()
      .nullable()
      .describe("The token of the Android device seen last; null: none")
      .meta({ examples: ["cX1-fcm:APA91bExample"] }),
    apns: z
      .string()
      .nullable()
      .describe("The token of the iOS device seen last; null: none")
      .meta({ examples: [null] }),
  })
  .meta({ id: "PushTokens", description: "Where push notifications reach the user" });
export type PushTokens = z.infer<typeof pushTokensSchema>;
