import {
  commonEnv,
  integer,
  port,
  pusherEnv,
  retentionEnv,
  s3Env,
  s3KeysRule,
} from "@tocsin/platform/env-fields";
import { z } from "zod";
import { pushEnv, pushRules } from "./channels/push-channels.ts";

/** Everything that the worker is told by its environment; `.env.example` explains each. */
export const workerEnvSchema = z
  .object({
    ...commonEnv,
    ...pusherEnv,
    ...s3Env,
    ...pushEnv,
    ...retentionEnv,
    WORKER_NAME: z
      .string()
      .regex(/^[\w.-]{1,100}$/, "Must be letters, digits, . _ -")
      .optional(),
    WORKER_HEALTH_PORT: port.default(3001),
    DATABASE_POOL_SIZE: integer(4, 600).default(20),
    DELIVERY_CONCURRENCY: integer(4, 200).default(100),
    PUSH_CONCURRENCY: integer(4, 200).default(40),
    PUSH_FALLBACK_SECONDS: integer(1, 600).default(10),
    INTERRUPTIONS_PER_USER_PER_MINUTE: integer(1, 100_000).default(30),
    INTERRUPTIONS_PER_MINUTE: integer(1, 10_000_000).default(100_000),
    REPEAT_LIMIT: integer(0, 100).default(5),
    BUCKET_CHECK_SECONDS: integer(1, 3600).default(15),
  })
  .refine(({ NODE_ENV, SANDBOX }) => NODE_ENV !== "production" || !SANDBOX, {
    path: ["SANDBOX"],
    message: "Must not be true in production",
  })
  .refine(s3KeysRule.isKept, s3KeysRule.error)
  .superRefine((env, ctx) => {
    for (const { isKept, error } of pushRules) if (!isKept(env)) ctx.addIssue({ code: "custom", ...error });
  });

export type WorkerEnv = z.infer<typeof workerEnvSchema>;
