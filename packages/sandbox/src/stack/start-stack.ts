import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseKind } from "../engines/engine.ts";
import { isPortFree } from "../engines/free-port.ts";
import { UserError } from "../engines/user-error.ts";
import { appEnvironment, formatEnvironmentFile, withFilesOf } from "./app-environment.ts";
import { describeParts } from "./describe-parts.ts";
import type { GivenParts } from "./given-parts.ts";
import { STACK } from "./layout.ts";
import { sandboxObjectStorage } from "./object-storage.ts";
import { step } from "./progress.ts";
import { refuseTakenPorts } from "./refuse-taken-ports.ts";
import { sandboxPush } from "./push.ts";
import type { ReadyInfo } from "./ready-info.ts";
import { givenRealtime, sandboxRealtime } from "./realtime.ts";
import { loadSecrets } from "./secrets.ts";
import { readSeedResult } from "./seed-result.ts";
import type { SeedResult } from "./seed-result.ts";
import type { StackPorts } from "./settings.ts";
import { answersOk, startApp, waitForReady } from "./start-app.ts";
import type { AppOptions } from "./start-app.ts";
import { startStackEngines } from "./start-stack-engines.ts";
import type { Supervisor } from "./supervisor.ts";
import { runTask, toolEnvironment } from "./task.ts";

export interface StackOptions {
  ports: StackPorts;
  given: GivenParts;
  /** The database server that was asked for. */
  engine: DatabaseKind | undefined;
  /** Throws the engines' data away first. */
  fresh: boolean;
  /** Puts demo data into a database that is not ours too. */
  demoData: boolean;
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
  const { given, ports, supervisor } = options;
  const secrets = loadSecrets(STACK.secrets);
  const standIns = {
    ...(!given.pusher && { pusher: sandboxRealtime(secrets, ports) }),
    ...(!given.s3 && { s3: sandboxObjectStorage(secrets, ports) }),
    ...(!given.push && { push: sandboxPush(STACK.tls, secrets, ports) }),
  };
  await refuseTakenPorts(ports, given);
  mkdirSync(STACK.run, { recursive: true });
  rmSync(STACK.ready, { force: true });

  const { servers, dataFolder, ...urls } = await startStackEngines({
    ...options,
    foreign: given.engines,
    secrets,
  });
  const { base, variables } = withFilesOf(
    process.env,
    appEnvironment({
      ...urls,
      ports,
      secrets,
      given,
      standIns: { ...standIns.pusher?.env, ...standIns.s3, ...standIns.push },
      logLevel: process.env["LOG_LEVEL"] ?? "info",
    }),
  );
  writeFileSync(STACK.env, formatEnvironmentFile(variables), { mode: 0o600 });
  const env = toolEnvironment(base, variables);

  await runStep("Database client", ["packages/db/src/cli/generate.ts"], env);
  await runStep("Migrations", ["packages/db/src/cli/migrate.ts"], env);
  const isDemoAsked = options.demoData && given.engines.databaseUrl !== undefined;
  const { accounts, hasAdmin } = await seed(env, isDemoAsked);
  const api = `http://127.0.0.1:${ports.api}`;
  const objectsFolder = join(dataFolder, "s3");
  await startStandIns({ supervisor, env, ports, given, objectsFolder });
  await startApps(supervisor, env, ports, api);
  const realtime = standIns.pusher?.info ?? givenRealtime(process.env);
  return {
    api,
    docs: `${api}/docs`,
    ...(!given.pusher && { console: `http://127.0.0.1:${ports.pusher}/console` }),
    realtime,
    servers,
    parts: describeParts({ ...urls, given, realtime, ports, env: process.env }),
    accounts,
    hasAdmin,
  };
}

/** @returns what the program printed. */
async function runStep(name: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string> {
  return step(name, async () => {
    const { code, output } = await runTask({ command: process.execPath, args, env, output: "collect" });
    if (code !== 0) throw new UserError(`${name} failed (${args.join(" ")}):\n${output.trim()}`);
    return output.trim();
  });
}

/** What a new installation needs; in a database of our own demo data too, in another one only when it is asked for. */
async function seed(env: NodeJS.ProcessEnv, isDemoAsked: boolean): Promise<SeedResult> {
  const name = isDemoAsked ? "Roles, and demo data as asked for" : "Roles and accounts";
  const args = ["prisma/seed.ts", ...(isDemoAsked ? ["--demo-data"] : [])];
  const output = await runStep(name, args, { ...env, TOCSIN_SEED_RESULT: STACK.accounts });
  // What was done to somebody's database is to be seen.
  if (isDemoAsked) console.log(output.replace(/^/gm, "  "));
  return readSeedResult(STACK.accounts);
}

interface StandInsOptions {
  supervisor: Supervisor;
  env: NodeJS.ProcessEnv;
  ports: StackPorts;
  given: GivenParts;
  /** What the S3 stand-in keeps. */
  objectsFolder: string;
}

/** Starts a stand-in for each part that is not given. */
async function startStandIns(options: StandInsOptions): Promise<void> {
  const { supervisor, env, ports, given, objectsFolder } = options;
  const pusher = {
    name: "pusher",
    service: "Pusher",
    ports: [ports.pusher],
    env: {
      SANDBOX_PUSHER_PORT: String(ports.pusher),
      PUSHER_WEBHOOK_URL: `http://127.0.0.1:${ports.api}/api/v1/webhooks/pusher`,
    },
  };
  const s3 = {
    name: "s3",
    service: "S3",
    ports: [ports.s3],
    env: { SANDBOX_S3_PORT: String(ports.s3), SANDBOX_S3_FOLDER: objectsFolder },
  };
  const push = {
    name: "push",
    service: "FCM and APNs",
    ports: [ports.fcm, ports.apns],
    env: {
      SANDBOX_FCM_PORT: String(ports.fcm),
      SANDBOX_APNS_PORT: String(ports.apns),
      SANDBOX_PUSH_KEY: join(STACK.tls, "key.pem"),
    },
  };
  const wanted: StandIn[] = [
    ...(given.pusher ? [] : [pusher]),
    ...(given.s3 ? [] : [s3]),
    ...(given.push ? [] : [push]),
  ];
  if (wanted.length === 0) return;
  await step(`Stand-ins for ${wanted.map(({ service }) => service).join(", ")}`, () =>
    Promise.all(wanted.map((standIn) => startStandIn(supervisor, env, standIn))),
  );
}

interface StandIn {
  /** Its folder in packages/sandbox/src. */
  name: string;
  service: string;
  ports: readonly number[];
  env: Readonly<Record<string, string>>;
}

async function startStandIn(supervisor: Supervisor, env: NodeJS.ProcessEnv, standIn: StandIn): Promise<void> {
  const { name, ports } = standIn;
  const running = await startApp({
    name,
    entry: `packages/sandbox/src/${name}/main.ts`,
    env: { ...env, ...standIn.env },
    stopDeadlineMs: STAND_IN_STOP_DEADLINE_MS,
  });
  await supervisor.add(running);
  await waitForReady(running.process, async () => (await Promise.all(ports.map(accepts))).every(Boolean));
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
