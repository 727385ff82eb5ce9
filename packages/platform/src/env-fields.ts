import { z } from "zod";
import { logFormats, logLevels } from "./logger.ts";

/** A URL of one of these protocols. */
function urlOf(...protocols: readonly string[]) {
  const names = protocols.map((protocol) => `${protocol}://`).join(" or ");
  return z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)),
      `Must be a URL that starts with ${names}`,
    );
}

export const databaseUrl = urlOf("mysql", "mariadb");
export const redisUrl = urlOf("redis", "rediss");
export const port = z.coerce.number().int().min(1).max(65_535);
export const boolean = z.enum(["true", "false"]).transform((value) => value === "true");

/** A whole number within bounds. */
export function integer(minimum: number, maximum: number) {
  return z.coerce.number().int().min(minimum).max(maximum);
}

/** A secret of at least 32 bytes that is not one character over and over. */
export const secret = z
  .string()
  .refine(
    (value) => Buffer.byteLength(value) >= 32,
    "Must have at least 32 bytes; try: openssl rand -base64 48",
  )
  .refine((value) => new Set(value).size >= 8, "Is too simple; try: openssl rand -base64 48");

/** What both processes are told about themselves and their engines. */
export const commonEnv = {
  NODE_ENV: z.enum(["development", "test", "production"]).default("production"),
  HOST: z.string().default("0.0.0.0"),
  DATABASE_URL: databaseUrl,
  DATABASE_POOL_SIZE: integer(2, 200).default(10),
  REDIS_URL: redisUrl,
  LOG_LEVEL: z.enum(logLevels).default("info"),
  LOG_FORMAT: z.enum(logFormats).default("json"),
  SANDBOX: boolean.default(false),
  METRICS_TOKEN: secret.optional(),
  STORM_LIMIT: integer(1, 100_000).default(20),
  STORM_WINDOW_SECONDS: integer(1, 86_400).default(60),
};

/** How Pusher is reached: its cloud by the cluster, or a server of one's own by host and port. */
export const pusherEnv = {
  PUSHER_APP_ID: z.string().min(1),
  PUSHER_KEY: z.string().min(1),
  PUSHER_SECRET: z.string().min(16, "Must have at least 16 characters"),
  PUSHER_CLUSTER: z.string().min(1),
  PUSHER_HOST: z.string().optional(),
  PUSHER_PORT: port.optional(),
  PUSHER_USE_TLS: boolean.default(true),
};
