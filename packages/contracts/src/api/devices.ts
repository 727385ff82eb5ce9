import { z } from "zod";
import { forEachPlatform, pushChannelOf, pushPlatforms } from "../channels.ts";
import { idSchema, instantSchema, text } from "./common.ts";
import { shownFields } from "./shown.ts";

/** The most devices that a user may have in use at once. */
export const maximumDevices = 20;

const systems = pushPlatforms.map((platform) => `${platform} for ${pushChannelOf(platform).system}`);
const providers = pushPlatforms.map((platform) => pushChannelOf(platform).provider);
const [firstPlatform] = pushPlatforms.map((platform) => pushChannelOf(platform));

export const pushPlatformSchema = z
  .enum(pushPlatforms)
  .describe(`Whose service brings push notifications there: ${systems.join(", ")}`)
  .meta({ examples: pushPlatforms.slice(0, 1) });

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
      .describe(`What ${providers.join(" or ")} gave the app`)
      .meta({ examples: [firstPlatform?.exampleToken] }),
    environment: pushEnvironmentSchema.default("production"),
    topic: topicSchema.default(null),
    name: nameSchema.default(null),
    locale: localeSchema.default(null),
  })
  .superRefine(({ platform, token }, ctx) => {
    const checked = pushChannelOf(platform).token.safeParse(token);
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

export const pushTokensInputSchema = z.strictObject(
  forEachPlatform((platform) => {
    const { system, token } = pushChannelOf(platform);
    return token
      .nullable()
      .optional()
      .describe(`${system}: a token registers it, null stops all, absent leaves things as they are`);
  }),
);
export type PushTokensInput = z.infer<typeof pushTokensInputSchema>;

export const pushTokensSchema = z
  .object(
    forEachPlatform((platform) => {
      const { system, exampleToken } = pushChannelOf(platform);
      return z
        .string()
        .nullable()
        .describe(`The token of the ${system} device seen last; null: none`)
        .meta({ examples: [exampleToken] });
    }),
  )
  .meta({ id: "PushTokens", description: "Where push notifications reach the user" });
export type PushTokens = z.infer<typeof pushTokensSchema>;
