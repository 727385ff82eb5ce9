import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  startDockerEngines,
  stopDockerEngines,
  stopNotedContainers,
  writeContainersFile,
} from "./docker-engines.ts";
import { type DatabaseProgram, localDatabaseUrl, startDatabaseServer } from "./database-server.ts";
import { DATABASE_KINDS, ENGINE_NAMES } from "./engine.ts";
import type { Engine, EngineKind } from "./engine.ts";
import type { EngineProfile } from "./engine-profile.ts";
import type { LocatedEngines } from "./locate-engines.ts";
import { mariadbProgram } from "./mariadb.ts";
import { mysqlProgram } from "./mysql.ts";
import { startRedis } from "./redis.ts";

export interface StartEnginesOptions {
  located: LocatedEngines;
  profile: EngineProfile;
  /** More of the database server's own options, such as "--skip-log-bin"; they do not reach a container. */
  databaseOptions?: readonly string[];
  /** Holds the database's data, and that of the Redis that goes with it: what Redis holds speaks of that database. */
  dataFolder: string;
  /** Holds one log and one pid file for each. */
  logFolder: string;
  runFolder: string;
  databasePort: number;
  redisPort: number;
  /** The application's database; "*" gives the account the whole server instead, for tests that create databases. */
  database: string;
  user: string;
  password: string;
  rootPassword: string;
}

/**
 * Starts every located engine, side by side.
 *
 * @returns the engines in the order database, Redis; stop them in reverse.
 * @throws Error of the first that fails; the other one is stopped again.
 */
export async function startEngines(options: StartEnginesOptions): Promise<Engine[]> {
  const starts = [startOneDatabase(options), startOneRedis(options), startContainers(options)];
  const results = await Promise.allSettled(starts);
  const engines = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  const failure = results.find((result) => result.status === "rejected");
  if (failure === undefined) return engines;
  await Promise.all(engines.map((engine) => engine.stop()));
  throw failure.reason;
}

async function startOneDatabase(options: StartEnginesOptions): Promise<Engine[]> {
  const program = databaseProgram(options.located);
  if (program === undefined) return [];
  const { dataFolder, profile, rootPassword } = options;
  return [
    await startDatabaseServer(program, {
      port: options.databasePort,
      folder: dataFolder,
      logFile: join(options.logFolder, `${program.kind}.log`),
      pidFile: join(options.runFolder, `${program.kind}.pid`),
      profile,
      serverOptions: options.databaseOptions ?? [],
      account: { user: options.user, password: options.password, database: options.database },
      rootPassword,
    }),
  ];
}

function databaseProgram({ mysql, mariadb }: LocatedEngines): DatabaseProgram | undefined {
  if (mysql !== undefined && mysql !== "docker") return mysqlProgram(mysql);
  return mariadb !== undefined && mariadb !== "docker" ? mariadbProgram(mariadb) : undefined;
}

async function startOneRedis(options: StartEnginesOptions): Promise<Engine[]> {
  const binaries = options.located.redis;
  if (binaries === undefined || binaries === "docker") return [];
  return [
    await startRedis({
      binaries,
      port: options.redisPort,
      dataDirectory: join(options.dataFolder, "redis"),
      logFile: join(options.logFolder, "redis.log"),
      pidFile: join(options.runFolder, "redis.pid"),
      profile: options.profile,
    }),
  ];
}

async function startContainers(options: StartEnginesOptions): Promise<Engine[]> {
  const kinds = ([...DATABASE_KINDS, "redis"] as const).filter((kind) => options.located[kind] === "docker");
  if (kinds.length === 0) return [];
  const project = dockerProject(options.dataFolder);
  writeContainersFile(options.runFolder, project);
  const isAdministrator = options.database === "*";
  await startDockerEngines({
    project,
    kinds,
    databasePort: options.databasePort,
    redisPort: options.redisPort,
    database: isAdministrator ? "tocsin_test" : options.database,
    user: options.user,
    password: options.password,
    rootPassword: options.rootPassword,
  });
  const account = isAdministrator
    ? { user: "root", password: options.rootPassword, database: "*" }
    : { user: options.user, password: options.password, database: options.database };
  const urlOf = (kind: EngineKind) =>
    kind === "redis"
      ? `redis://127.0.0.1:${options.redisPort}`
      : localDatabaseUrl(kind, options.databasePort, account);
  // Both live in one compose project: the first to be stopped takes it down, the second finds no note of it.
  const stop = async () => {
    if (options.profile === "throwaway") await stopDockerEngines(project, true);
    await stopNotedContainers(options.runFolder);
  };
  return kinds.map((kind) => ({ kind, name: ENGINE_NAMES[kind], url: urlOf(kind), stop }));
}

/**
 * Throws the data of engines away that do not run.
 *
 * @throws Error when the data is in containers' volumes and Docker does not answer.
 */
export async function wipeEngines(located: LocatedEngines, dataFolder: string): Promise<void> {
  rmSync(dataFolder, { recursive: true, force: true });
  if (Object.values(located).includes("docker")) {
    await stopDockerEngines(dockerProject(dataFolder), true);
  }
}

/** One compose project for each data folder, so that clones and test runs never share containers. */
function dockerProject(dataFolder: string): string {
  return `tocsin-${createHash("sha256").update(dataFolder).digest("hex").slice(0, 12)}`;
}
