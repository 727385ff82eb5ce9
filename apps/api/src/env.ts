import {
  boolean,
  commonEnv,
  integer,
  port,
  pusherEnv,
  s3Env,
  s3KeysRule,
  secret,
} from "@tocsin/platform/env-fields";
import { z } from "zod";

/** Web origins in one variable, separated by commas. `*` and `null` are none: they would let everybody in. */
const origins = z
  .string()
  .default("")
  .transform((value) =>
    value
      .split(",")
      .map((item) => item.trim())
      .filter((item) => item !== ""),
  )
  .refine(
    (items) => items.every(isOrigin),
    "Must be origins such as https://admin.example.com, without a path",
  );

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** Everything that the API is told by its environment; `.env.example` explains each. */
export const apiEnvSchema = z
  .object({
    ...commonEnv,
    ...pusherEnv,
    ...s3Env,
    PORT: port.default(3000),
    DATABASE_POOL_SIZE: integer(6, 600).default(30),
    JWT_SECRET: secret,
    JWT_KEY_ID: z.string().min(1).max(50).default("1"),
    JWT_PREVIOUS_SECRET: secret.optional(),
    JWT_PREVIOUS_KEY_ID: z.string().min(1).max(50).optional(),
    ACCESS_TOKEN_SECONDS: integer(60, 3600).default(900),
    REFRESH_TOKEN_SECONDS: integer(3600, 7_776_000).default(2_592_000),
    CORS_ORIGINS: origins,
    MAX_CONNECTIONS: integer(10, 1_000_000).default(10_000),
    STOP_DELAY_SECONDS: integer(0, 60).optional(),
    TRUST_PROXY: integer(0, 10).default(0),
    DOCS_ENABLED: boolean.optional(),
    QUEUE_BOARD_ENABLED: boolean.default(false),
    EVENT_BACKLOG_LIMIT: integer(100, 1_000_000).default(20_000),
    EVENT_STREAM_LIMIT: integer(0, 100_000_000).default(1_000_000),
    EVENT_AGE_LIMIT_SECONDS: integer(0, 604_800).default(0),
    RATE_LIMIT_PER_MINUTE: integer(1, 10_000_000).default(3000),
    REGISTRATIONS_PER_HOUR: integer(1, 100_000).default(30),
    AUTH_RATE_LIMIT_PER_MINUTE: integer(1, 100_000).default(20),
    EVENT_RATE_LIMIT_PER_MINUTE: integer(1, 100_000_000).default(600_000),
  })
  .refine(({ NODE_ENV, SANDBOX }) => NODE_ENV !== "production" || !SANDBOX, {
    path: ["SANDBOX"],
    message: "Must not be true in production",
  })
  .refine((env) => (env.JWT_PREVIOUS_SECRET === undefined) === (env.JWT_PREVIOUS_KEY_ID === undefined), {
    path: ["JWT_PREVIOUS_KEY_ID"],
    message: "Goes together with JWT_PREVIOUS_SECRET",
  })
  .refine(s3KeysRule.isKept, s3KeysRule.error);

export type ApiEnv = z.infer<typeof apiEnvSchema>;

/** How long to go on after `/ready` began to fail: 5 s in production, not at all elsewhere. Seconds. */
export function stopDelayOf(env: ApiEnv): number {
  return env.STOP_DELAY_SECONDS ?? (env.NODE_ENV === "production" ? 5 : 0);
}

/** Whether /docs and /openapi.json are served: outside production unless said otherwise. */
export function areDocsEnabled(env: ApiEnv): boolean {
  return env.DOCS_ENABLED ?? env.NODE_ENV !== "production";
}
