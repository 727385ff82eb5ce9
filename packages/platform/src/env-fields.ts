import { z } from "zod";
import { logFormats, logLevels } from "./logger.ts";
import type { ObjectStorageOptions } from "./object-storage.ts";

/**
 * What is a secret of the API, the worker or the seed: each may be given by a file, named by the variable with `_FILE`
 * behind its name.
 */
export const secretVariables: readonly string[] = [
  "DATABASE_URL",
  "REDIS_URL",
  "METRICS_TOKEN",
  "JWT_SECRET",
  "JWT_PREVIOUS_SECRET",
  "PUSHER_SECRET",
  "S3_SECRET_ACCESS_KEY",
  "FCM_SERVICE_ACCOUNT",
  "FCM_ACCESS_TOKEN",
  "APNS_KEY",
  "TOCSIN_ADMIN_PASSWORD",
];

/** A URL of one of these protocols. */
function urlOf(...protocols: readonly string[]) {
  const names = protocols.map((protocol) => `${protocol}://`).join(" or ");
  return z
    .string()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)),
      `Must be a URL that starts with ${names}`,
    )
    .refine(
      (value) => !hasBarePercent(value),
      "Has a % that begins no escape: write a % itself, as in a password, as %25",
    );
}

/** Whether a % is not followed by two hexadecimal digits, or the bytes so written are no UTF-8. */
function hasBarePercent(value: string): boolean {
  try {
    decodeURIComponent(value);
    return false;
  } catch {
    return true;
  }
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

/** Where uploaded sounds are kept: AWS, or a server of one's own that speaks S3. Without a bucket there are none. */
export const s3Env = {
  S3_ENDPOINT: urlOf("http", "https").optional(),
  S3_REGION: z.string().min(1).default("us-east-1"),
  S3_BUCKET: z
    .string()
    .regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "Must be the name of a bucket")
    .optional(),
  S3_ACCESS_KEY_ID: z.string().min(1).optional(),
  S3_SECRET_ACCESS_KEY: z.string().min(16, "Must have at least 16 characters").optional(),
  S3_FORCE_PATH_STYLE: boolean.default(false),
  SOUND_URL_SECONDS: integer(60, 604_800).default(3_600),
  SOUND_CDN_URL: urlOf("https")
    .refine((value) => !/[?#]/.test(value), "Must have no ? and no #")
    .transform((value) => value.replace(/\/+$/, ""))
    .optional(),
};

const days = integer(0, 36_500);

/** How long what is kept, in days; 0: for ever. */
export const retentionEnv = {
  RETENTION_EVENT_DAYS: days.default(30),
  RETENTION_DEAD_LETTER_DAYS: days.default(30),
  RETENTION_NOTIFICATION_DAYS: days.default(90),
  RETENTION_OPEN_ALERT_DAYS: days.default(365),
  RETENTION_DELIVERY_DAYS: days.default(30),
  RETENTION_DELETION_DAYS: days.default(30),
  RETENTION_SESSION_DAYS: days.default(30),
  RETENTION_DEDUP_DAYS: days.default(30),
  RETENTION_AUDIT_DAYS: days.default(365),
};

type S3Env = z.infer<z.ZodObject<typeof s3Env>>;

/** A key and its secret go together; without both the SDK looks for a role of the machine. */
export const s3KeysRule = {
  isKept: ({ S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY }: S3Env): boolean =>
    (S3_ACCESS_KEY_ID === undefined) === (S3_SECRET_ACCESS_KEY === undefined),
  error: { path: ["S3_SECRET_ACCESS_KEY"], message: "Goes together with S3_ACCESS_KEY_ID" },
};

/** The object storage that an environment tells of; undefined: none. */
export function objectStorageOf(env: S3Env): ObjectStorageOptions | undefined {
  const { S3_BUCKET: bucket, S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = env;
  if (bucket === undefined) return undefined;
  const isKeyed = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    bucket,
    region: env.S3_REGION,
    endpoint: env.S3_ENDPOINT,
    credentials: isKeyed ? { accessKeyId, secretAccessKey } : undefined,
    forcePathStyle: env.S3_FORCE_PATH_STYLE,
    urlSeconds: env.SOUND_URL_SECONDS,
    cdnUrl: env.SOUND_CDN_URL,
  };
}
