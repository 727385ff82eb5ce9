import { z } from "zod";

/** A channel to devices, each of which has a token. */
interface PushChannel {
  reaches: "devices";
  /** The system of those devices, as people call it. */
  system: string;
  /** Who gives an app its token. */
  provider: string;
  token: z.ZodType<string>;
  exampleToken: string;
  /** Whether a token in capitals is the same token. */
  isTokenCaseless: boolean;
}

/** A channel to the screens that are open. */
interface ScreenChannel {
  reaches: "screens";
}

/**
 * Every way to reach people. Types, schemas, jobs, sweeps, the rebuild of Redis and the alarm for overdue work derive
 * from this list. See docs/how-do-i-add-a-channel.md.
 */
const channels = {
  pusher: { reaches: "screens" },
  fcm: {
    reaches: "devices",
    system: "Android",
    provider: "Firebase",
    token: z
      .string()
      .regex(
        /^[\x21-\x7e]{1,1000}$/,
        "Must be a registration token, without spaces, of at most 1,000 characters",
      )
      .describe("The registration token that Firebase gave the app")
      .meta({ examples: ["cX1-fcm:APA91bExample"] }),
    exampleToken: "cX1-fcm:APA91bExample",
    isTokenCaseless: false,
  },
  apns: {
    reaches: "devices",
    system: "iOS",
    provider: "Apple",
    token: z
      .string()
      .regex(/^(?:[\da-fA-F]{2}){32,100}$/, "Must be a device token in hexadecimal, of 64 to 200 digits")
      .describe("The device token that Apple gave the app, in hexadecimal")
      .meta({ examples: ["00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0"] }),
    exampleToken: "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0",
    isTokenCaseless: true,
  },
} as const satisfies Record<string, ScreenChannel | PushChannel>;

type Channels = typeof channels;

/** A way to reach people, as the API, the tables and the metrics name it. */
export type ChannelName = keyof Channels;

/** A channel to devices. */
export type PushPlatform = {
  [Name in ChannelName]: Channels[Name] extends { reaches: "devices" } ? Name : never;
}[ChannelName];

export const channelNames = Object.keys(channels) as ChannelName[];

/** The channel to screens. */
export const screenChannel = "pusher" satisfies Exclude<ChannelName, PushPlatform>;

export const pushPlatforms = channelNames.filter(
  (name): name is PushPlatform => channels[name].reaches === "devices",
);

/** What is known of the devices that a channel reaches. */
export function pushChannelOf(platform: PushPlatform): PushChannel {
  return channels[platform];
}

/** One value for each push platform. */
export function forEachPlatform<Value>(
  valueOf: (platform: PushPlatform) => Value,
): Record<PushPlatform, Value> {
  return Object.fromEntries(pushPlatforms.map((platform) => [platform, valueOf(platform)])) as Record<
    PushPlatform,
    Value
  >;
}
