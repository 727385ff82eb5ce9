import { type PushPlatform, pushPlatforms } from "@tocsin/contracts/channels";
import type { z } from "zod";
import { apnsService } from "./apns/apns-service.ts";
import { fcmService } from "./fcm/fcm-service.ts";
import { type EnvRule, type OpenChannel, textOrFile } from "./push-service.ts";

/** Who brings the push notifications of each platform. */
const services = { fcm: fcmService, apns: apnsService };

/** Their settings. What is not told is switched off. */
export const pushEnv = {
  ...fcmService.env,
  ...apnsService.env,
  PUSH_CA: textOrFile("-----BEGIN", "a certificate as PEM").optional(),
};

type PushEnv = z.infer<z.ZodObject<typeof pushEnv>>;

const sandboxOnly = [
  ...Object.values(services).flatMap((service) => service.sandboxOnly),
  "PUSH_CA",
] as const;

type PushEnvRule = EnvRule<PushEnv & { SANDBOX: boolean }>;

/** What belongs together in the environment, and what the sandbox alone may say. */
export const pushRules: readonly PushEnvRule[] = [
  ...pushPlatforms.flatMap((platform): readonly PushEnvRule[] => services[platform].rules),
  {
    isKept: (env) => env.SANDBOX || sandboxOnly.every((name) => env[name] === undefined),
    error: { path: [sandboxOnly[0] ?? ""], message: `${sandboxOnly.join(", ")} need SANDBOX=true` },
  },
];

/** The channels to devices that the environment tells of. */
export function openPushChannels(env: PushEnv): Partial<Record<PushPlatform, OpenChannel>> {
  const opened = pushPlatforms.map((platform) => [platform, services[platform].open(env)] as const);
  return Object.fromEntries(opened.filter(([, channel]) => channel !== undefined));
}
