import type { RealtimeSettings } from "./realtime.ts";
import type { StackSecrets } from "./secrets.ts";
import type { StackPorts } from "./settings.ts";

export interface AppEnvironmentInput {
  databaseUrl: string;
  redisUrl: string;
  ports: StackPorts;
  secrets: StackSecrets;
  realtime: RealtimeSettings;
  /** The variables of the object storage; none where the caller's own environment tells of it, or where there is none. */
  objectStorage: Readonly<Record<string, string>>;
  /** The variables of push notifications; none where the caller's own environment tells of them. */
  push: Readonly<Record<string, string>>;
  /** Whether the engines are this clone's own, so that stand-ins and demo data are allowed. */
  isSandbox: boolean;
  logLevel: string;
}

/** Every variable the API and the worker read, complete: nothing is left to a default. */
export function appEnvironment(input: AppEnvironmentInput): Record<string, string> {
  const { ports, secrets } = input;
  const origins = ["127.0.0.1", "localhost"].flatMap((host) =>
    [ports.api, ports.pusher].map((port) => `http://${host}:${port}`),
  );
  return {
    NODE_ENV: "development",
    DATABASE_URL: input.databaseUrl,
    REDIS_URL: input.redisUrl,
    HOST: "127.0.0.1",
    PORT: String(ports.api),
    WORKER_HEALTH_PORT: String(ports.workerHealth),
    JWT_SECRET: secrets.jwtSecret,
    JWT_KEY_ID: secrets.jwtKeyId,
    ...input.realtime.env,
    ...input.objectStorage,
    ...input.push,
    CORS_ORIGINS: origins.join(","),
    LOG_LEVEL: input.logLevel,
    SANDBOX: String(input.isSandbox),
  };
}

/** The same variables in the form of a .env file. */
export function formatEnvironmentFile(env: Readonly<Record<string, string>>): string {
  const lines = Object.entries(env).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `# Written by npm start; for commands run beside it.\n${lines.join("\n")}\n`;
}
