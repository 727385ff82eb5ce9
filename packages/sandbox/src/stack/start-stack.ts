import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseKind } from "../engines/engine.ts";
import { isPortFree } from "../engines/free-port.ts";
import { UserError } from "../engines/user-error.ts";
import { appEnvironment, formatEnvironmentFile } from "./app-environment.ts";
import { STACK } from "./layout.ts";
import { sandboxObjectStorage } from "./object-storage.ts";
import { step } from "./progress.ts";
import { refuseTakenPorts } from "./refuse-taken-ports.ts";
import { sandboxPush } from "./push.ts";
import { readAccounts } from "./ready-info.ts";
import type { DemoAccount, ReadyInfo } from "./ready-info.ts";
import { hostedRealtime, sandboxRealtime } from "./realtime.ts";
import { loadSecrets } from "./secrets.ts";
import type { ForeignEngines, StackPorts } from "./settings.ts";
import { answersOk, startApp, waitForReady } from "./start-app.ts";
import type { AppOptions } from "./start-app.ts";
import { startStackEngines } from "./start-stack-engines.ts";
import type { Supervisor } from "./supervisor.ts";
import { runTask, toolEnvironment } from "./task.ts";

export interface StackOptions {
  ports: StackPorts;
  foreign: ForeignEngines;
  /** The database server that was asked for. */
  engine: DatabaseKind | undefined;
  /** Throws the engines' data away first. */
  fresh: boolean;
  supervisor: Supervisor;
  /** Aborted when the start is to be given up. */
  signal: AbortSignal;
}

/** An event in flight may be finished; longer than that is a fault. */
const APP_STOP_DEADLINE_MS = 30_000;
const STAND_IN_STOP_DEADLINE_MS = 5_000;

/**
 * Starts everything in order and waits until the API and the worker are ready.
 *
 * @throws UserError or Error of the first step that fails; what runs by then is in the supervisor.
 */
export async function startStack(options: StackOptions): Promise<ReadyInfo> {
  const { foreign, ports, supervisor } = options;
  const isSandbox = foreign.databaseUrl === undefined && foreign.redisUrl === undefined;
  const secrets = loadSecrets(STACK.secrets);
  const realtime = isSandbox ? sandboxRealtime(secrets, ports) : hostedRealtime(process.env);
  await refuseTakenPorts(ports, foreign);
  mkdirSync(STACK.run, { recursive: true });
  rmSync(STACK.ready, { force: true });

  const { servers, dataFolder, ...urls } = await startStackEngines({ ...options, secrets });
  const variables = appEnvironment({
    ...urls,
    ports,
    secrets,
    realtime,
    objectStorage: isSandbox ? sandboxObjectStorage(secrets, ports) : {},
    push: isSandbox ? sandboxPush(STACK.tls, secrets, ports) : {},
    isSandbox,
    logLevel: process.env["LOG_LEVEL"] ?? "info",
  });
  writeFileSync(STACK.env, formatEnvironmentFile(variables), { mode: 0o600 });
  const env = toolEnvironment(process.env, variables);

  await runStep("Database client", "packages/db/src/cli/generate.ts", env);
  await runStep("Migrations", "packages/db/src/cli/migrate.ts", env);
  const accounts = isSandbox ? await seed(env) : [];
  const api = `http://127.0.0.1:${ports.api}`;
  if (isSandbox)
    await startStandIns(supervisor, { ...env, SANDBOX_S3_FOLDER: join(dataFolder, "s3") }, ports);
  await startApps(supervisor, env, ports, api);
  return {
    api,
    docs: `${api}/docs`,
    ...(isSandbox && { console: `http://127.0.0.1:${ports.pusher}/console` }),
    realtime: realtime.info,
    servers,
    accounts,
  };
}

async function runStep(name: string, entry: string, env: NodeJS.ProcessEnv): Promise<void> {
  await step(name, async () => {
    const { code, output } = await runTask({
      command: process.execPath,
      args: [entry],
      env,
      output: "collect",
    });
    if (code !== 0) throw new UserError(`${name} failed (${entry}):\n${output.trim()}`);
  });
}

async function seed(env: NodeJS.ProcessEnv): Promise<DemoAccount[]> {
  await runStep("Demo data", "prisma/seed.ts", { ...env, TOCSIN_ACCOUNTS_FILE: STACK.accounts });
  return readAccounts(STACK.accounts);
}

async function startStandIns(
  supervisor: Supervisor,
  env: NodeJS.ProcessEnv,
  ports: StackPorts,
): Promise<void> {
  await step("Stand-ins for Pusher, S3, FCM and APNs", async () => {
    const [pusher, s3, push] = [
      await startApp({
        ...standIn("pusher"),
        env: {
          ...env,
          SANDBOX_PUSHER_PORT: String(ports.pusher),
          PUSHER_WEBHOOK_URL: `http://127.0.0.1:${ports.api}/api/v1/webhooks/pusher`,
        },
      }),
      await startApp({
        ...standIn("s3"),
        env: { ...env, SANDBOX_S3_PORT: String(ports.s3) },
      }),
      await startApp({
        ...standIn("push"),
        env: {
          ...env,
          SANDBOX_FCM_PORT: String(ports.fcm),
          SANDBOX_APNS_PORT: String(ports.apns),
          SANDBOX_PUSH_KEY: join(STACK.tls, "key.pem"),
        },
      }),
    ];
    await supervisor.add(pusher);
    await supervisor.add(s3);
    await supervisor.add(push);
    await Promise.all([
      waitForReady(pusher.process, () => accepts(ports.pusher)),
      waitForReady(s3.process, () => accepts(ports.s3)),
      waitForReady(push.process, async () => (await accepts(ports.fcm)) && accepts(ports.apns)),
    ]);
  });
}

function standIn(name: "pusher" | "s3" | "push"): Omit<AppOptions, "env"> {
  return {
    name,
    entry: `packages/sandbox/src/${name}/main.ts`,
    stopDeadlineMs: STAND_IN_STOP_DEADLINE_MS,
  };
}

async function startApps(
  supervisor: Supervisor,
  env: NodeJS.ProcessEnv,
  ports: StackPorts,
  api: string,
): Promise<void> {
  await step("Worker and API", async () => {
    const [workerApp, apiApp] = [
      await startApp({ ...app("worker"), env }),
      await startApp({ ...app("api"), env }),
    ];
    await supervisor.add(workerApp);
    await supervisor.add(apiApp);
    await Promise.all([
      waitForReady(workerApp.process, () => answersOk(`http://127.0.0.1:${ports.workerHealth}/ready`)),
      waitForReady(apiApp.process, () => answersOk(`${api}/ready`)),
    ]);
  });
}

function app(name: "worker" | "api"): Omit<AppOptions, "env"> {
  return { name, entry: `apps/${name}/src/main.ts`, stopDeadlineMs: APP_STOP_DEADLINE_MS };
}

/** Whether something listens on this port of 127.0.0.1. */
async function accepts(port: number): Promise<boolean> {
  return !(await isPortFree(port));
}
