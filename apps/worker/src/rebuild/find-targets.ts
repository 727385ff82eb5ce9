import { CommandError, findDatabase, findVariable } from "@tocsin/db/cli/database-url";
import { readSecret } from "@tocsin/db/secret-files";
import { redisUrl as redisUrlSchema } from "@tocsin/platform/env-fields";
import { workerEnvSchema } from "../env.ts";

/** What a rebuild works on. */
export interface RebuildTargets {
  databaseUrl: string;
  redisUrl: string;
  bucketCheckSeconds: number;
}

/**
 * Both engines as the environment names them, or both of the system that `npm start` runs: the work of one system must
 * not be put into the Redis of another.
 * @throws CommandError where the environment names one of them only, or a value cannot be used; SecretFileError
 */
export function findTargets(env: NodeJS.ProcessEnv): RebuildTargets {
  const isGiven = (name: string): boolean => readSecret(env, name) !== undefined;
  const isFromEnvironment = isGiven("DATABASE_URL");
  if (isFromEnvironment !== isGiven("REDIS_URL")) {
    const [given, missing] = isFromEnvironment
      ? ["DATABASE_URL", "REDIS_URL"]
      : ["REDIS_URL", "DATABASE_URL"];
    throw new CommandError(
      `${given} is set and ${missing} is not: set both, or neither for the system of npm start. Nothing was changed.`,
    );
  }
  const seconds = isFromEnvironment ? env["BUCKET_CHECK_SECONDS"] : findVariable(env, "BUCKET_CHECK_SECONDS");
  return {
    databaseUrl: findDatabase(env).url,
    redisUrl: readRedisUrl(findVariable(env, "REDIS_URL")),
    bucketCheckSeconds: readSeconds(seconds),
  };
}

function readRedisUrl(given: string | undefined): string {
  if (given === undefined) {
    throw new CommandError(
      "REDIS_URL is not set, and there is no private Redis of this clone: run npm start first.",
    );
  }
  const url = redisUrlSchema.safeParse(given);
  if (!url.success) {
    throw new CommandError(`REDIS_URL: ${url.error.issues[0]?.message ?? "refused"}.`);
  }
  return url.data;
}

function readSeconds(given: string | undefined): number {
  const seconds = workerEnvSchema.shape.BUCKET_CHECK_SECONDS.safeParse(given === "" ? undefined : given);
  if (!seconds.success) throw new CommandError("BUCKET_CHECK_SECONDS must be a whole number from 1 to 3600.");
  return seconds.data;
}
