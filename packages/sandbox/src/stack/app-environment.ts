import { resolve } from "node:path";
import type { GivenParts } from "./given-parts.ts";
import { isAnySandboxed } from "./given-parts.ts";
import type { StackSecrets } from "./secrets.ts";
import type { StackPorts } from "./settings.ts";

/** What may be given by a file and is set by us as well. */
const SERVER_URLS: readonly string[] = ["DATABASE_URL", "REDIS_URL"];

type Variables = Readonly<Record<string, string>>;

export interface AppEnvironmentInput {
  /** Of the MySQL and the Redis in use, whoever runs them. */
  databaseUrl: string;
  redisUrl: string;
  ports: StackPorts;
  secrets: StackSecrets;
  given: GivenParts;
  /** The variables of the stand-ins that run; what is given has its variables in the caller's own environment. */
  standIns: Variables;
  logLevel: string;
}

/**
 * What the API and the worker are told beside what the caller's environment gives them. SANDBOX allows stand-ins, and is
 * true where a part is sandboxed. That the database is a private one, which may be wiped, is said on its own.
 */
export function appEnvironment(input: AppEnvironmentInput): Record<string, string> {
  const { ports, secrets } = input;
  const origins = ["127.0.0.1", "localhost"].flatMap((host) =>
    [ports.api, ports.pusher].map((port) => `http://${host}:${port}`),
  );
  return {
    NODE_ENV: "development",
    DATABASE_URL: input.databaseUrl,
    ...(input.given.engines.databaseUrl === undefined && { TOCSIN_PRIVATE_DATABASE: "true" }),
    REDIS_URL: input.redisUrl,
    HOST: "127.0.0.1",
    PORT: String(ports.api),
    WORKER_HEALTH_PORT: String(ports.workerHealth),
    JWT_SECRET: secrets.jwtSecret,
    JWT_KEY_ID: secrets.jwtKeyId,
    ...input.standIns,
    CORS_ORIGINS: origins.join(","),
    LOG_LEVEL: input.logLevel,
    SANDBOX: String(isAnySandboxed(input.given)),
  };
}

/**
 * The variables as they are handed on where the caller's environment has some of them in files: its DATABASE_URL_FILE
 * stays a file and is not written down a second time, and no X_FILE stands beside an X of ours.
 */
export function withFilesOf(
  env: NodeJS.ProcessEnv,
  variables: Variables,
): { base: NodeJS.ProcessEnv; variables: Record<string, string> } {
  const isFile = (name: string) => SERVER_URLS.includes(name) && (env[`${name}_FILE`] ?? "") !== "";
  const own = Object.entries(variables).map(([name, value]): [string, string] =>
    isFile(name) ? [`${name}_FILE`, resolve(env[`${name}_FILE`] ?? "")] : [name, value],
  );
  const replaced = Object.keys(variables).flatMap((name) => [name, `${name}_FILE`]);
  const base = Object.entries(env).filter(([name]) => !replaced.includes(name));
  return { base: Object.fromEntries(base), variables: Object.fromEntries(own) };
}

/** The same variables in the form of a .env file. */
export function formatEnvironmentFile(env: Variables): string {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `# Written by npm start; for commands run beside it.\n${lines.join("\n")}\n`;
}
