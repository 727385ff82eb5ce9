import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { hashPassword } from "@tocsin/core/auth/hash-password";
import { createDatabase, type Database } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import { createMigratedDatabase } from "@tocsin/db/testing/migrated-database";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import type { ApnsServer } from "@tocsin/sandbox/apns/server";
import type { FcmServer } from "@tocsin/sandbox/fcm/server";
import { type PusherServer, startPusherServer } from "@tocsin/sandbox/pusher/server";
import { type StartedProcess, startProcess } from "@tocsin/sandbox/testing/start-process";
import { testRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { systemRoles } from "@tocsin/contracts/permissions";
import { startPhoneServices } from "./phone-services.ts";

const root = join(import.meta.dirname, "../..");

/** Everyone's password in these tests. */
export const password = "a lighthouse keeper's umbrella";

export const accounts = {
  admin: { email: "admin@example.com", role: "Admin" },
  manager: { email: "manager@example.com", role: "RuleManager" },
  operator: { email: "operator@example.com", role: "Operator" },
  auditor: { email: "auditor@example.com", role: "Auditor" },
} as const satisfies Record<string, { email: string; role: keyof typeof systemRoles }>;

/** Both apps as processes, on engines of their own, with stand-ins for Pusher, FCM and APNs. */
export interface System {
  url: string;
  db: Database;
  pusher: PusherServer;
  fcm: FcmServer;
  apns: ApnsServer;
  /** How these two are reached. */
  phoneSettings: Readonly<Record<string, string>>;
  pusherKey: string;
  /** The API that runs now. */
  api: () => StartedProcess;
  /** Starts an API; from then on it is the one that runs. */
  startApi: (env?: Readonly<Record<string, string>>) => Promise<StartedProcess>;
  /** Where the worker answers: /health, /ready, /metrics. */
  workerUrl: string;
  /** The worker that runs now. */
  worker: () => StartedProcess;
  /** Starts a worker; from then on it is the one that runs. */
  startWorker: (env?: Readonly<Record<string, string>>) => Promise<StartedProcess>;
  /** Stops every API and worker that was started and still runs, and all that they stood on. */
  close: () => Promise<void>;
}

/** What both apps stand on. */
export interface SystemEngines {
  databaseUrl: string;
  redisUrl: string;
  release: () => Promise<void>;
}

/** A database and a Redis of the engines that all tests share. */
async function sharedEngines(): Promise<SystemEngines> {
  const database = await createMigratedDatabase();
  const redis = await testRedisDatabase();
  return {
    databaseUrl: database.url,
    redisUrl: redis.url,
    release: async () => void (await Promise.all([redis.release(), database.drop()])),
  };
}

/** Starts both apps; on engines and with settings of one's own where these are to be tormented or measured. */
export async function startSystem(
  given?: SystemEngines,
  settings: Readonly<Record<string, string>> = {},
): Promise<System> {
  const engines = given ?? (await sharedEngines());
  const db = createDatabase({ url: engines.databaseUrl, connectionLimit: 3 });
  await fill(db);
  const credentials = { appId: "app", key: "app-key", secret: randomBytes(24).toString("hex") };
  const [apiPort, workerPort] = [await freePort(), await freePort()];
  const webhookUrl = `http://127.0.0.1:${apiPort}/api/v1/webhooks/pusher`;
  const pusher = await startPusherServer({ ...credentials, port: 0, webhookUrl, vacatedDelayMs: 100 });
  const phones = await startPhoneServices();
  const env = {
    NODE_ENV: "test",
    HOST: "127.0.0.1",
    PORT: String(apiPort),
    WORKER_HEALTH_PORT: String(workerPort),
    WORKER_NAME: "e2e",
    DATABASE_URL: engines.databaseUrl,
    REDIS_URL: engines.redisUrl,
    JWT_SECRET: randomBytes(48).toString("base64"),
    PUSHER_APP_ID: credentials.appId,
    PUSHER_KEY: credentials.key,
    PUSHER_SECRET: credentials.secret,
    PUSHER_CLUSTER: "sandbox",
    PUSHER_HOST: "127.0.0.1",
    PUSHER_PORT: String(pusher.port),
    PUSHER_USE_TLS: "false",
    AUTH_RATE_LIMIT_PER_MINUTE: "10000",
    BUCKET_CHECK_SECONDS: "1",
    SANDBOX: "true",
    ...phones.env,
    ...settings,
  };
  const url = `http://127.0.0.1:${apiPort}`;
  const workerUrl = `http://127.0.0.1:${workerPort}`;
  const started: StartedProcess[] = [];
  const startApp = async (name: "api" | "worker", port: string, some: Readonly<Record<string, string>>) => {
    const app = await startProcess({
      name,
      entry: join(root, `apps/${name}/src/main.ts`),
      env: { ...env, ...some },
      isReady: `http://127.0.0.1:${port}/ready`,
      timeoutMs: 120_000,
    });
    started.push(app);
    return app;
  };
  const startWorker = (some: Readonly<Record<string, string>> = {}) =>
    startApp("worker", some["WORKER_HEALTH_PORT"] ?? String(workerPort), some);
  let worker = await startWorker();
  const startApi = (some: Readonly<Record<string, string>> = {}) =>
    startApp("api", some["PORT"] ?? String(apiPort), some);
  let api = await startApi();
  return {
    url,
    workerUrl,
    db,
    pusher,
    fcm: phones.fcm,
    apns: phones.apns,
    phoneSettings: phones.env,
    pusherKey: credentials.key,
    api: () => api,
    startApi: async (some) => (api = await startApi(some)),
    worker: () => worker,
    startWorker: async (some) => (worker = await startWorker(some)),
    async close() {
      await Promise.all(started.map((app) => app.stop()));
      await Promise.all([pusher.close(), phones.close(), db.$disconnect()]);
      await engines.release();
    },
  };
}

async function fill(db: Database): Promise<void> {
  const passwordHash = await hashPassword(password);
  const roleIds = new Map<string, string>();
  for (const [name, { description, permissions }] of Object.entries(systemRoles)) {
    const id = newId();
    roleIds.set(name, id);
    await db.role.create({ data: { id, name, description, permissions: [...permissions], system: true } });
  }
  for (const { email, role } of Object.values(accounts)) {
    await db.user.create({
      data: {
        id: newId(),
        email,
        passwordHash,
        status: "active",
        inbox: { create: {} },
        roles: { create: { roleId: roleIds.get(role) ?? "" } },
      },
    });
  }
}
