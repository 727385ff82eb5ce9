import { createHash } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import {
  startDockerEngines,
  stopDockerEngines,
  stopNotedContainers,
  writeContainersFile,
} from "./docker-engines.ts";
import type { Engine, EngineKind } from "./engine.ts";
import type { LocatedEngines } from "./locate-engines.ts";
import { startMariadb } from "./mariadb.ts";
import type { EngineProfile } from "./mariadb-arguments.ts";
import { startRedis } from "./redis.ts";

export interface StartEnginesOptions {
  located: LocatedEngines;
  profile: EngineProfile;
  /** Holds the engines' data, one folder each. */
  dataFolder: string;
  /** Holds one log and one pid file for each. */
  logFolder: string;
  runFolder: string;
  mariadbPort: number;
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
 * @returns the engines in the order MariaDB, Redis; stop them in reverse.
 * @throws Error of the first that fails; the other one is stopped again.
 */
export async function startEngines(options: StartEnginesOptions): Promise<Engine[]> {
  const starts = [startOneMariadb(options), startOneRedis(options), startContainers(options)];
  const results = await Promise.allSettled(starts);
  const engines = results.flatMap((result) => (result.status === "fulfilled" ? result.value : []));
  const failure = results.find((result) => result.status === "rejected");
  if (failure === undefined) return engines;
  await Promise.all(engines.map((engine) => engine.stop()));
  throw failure.reason;
}

async function startOneMariadb(options: StartEnginesOptions): Promise<Engine[]> {
  const binaries = options.located.mariadb;
  if (binaries === undefined || binaries === "docker") return [];
  return [
    await startMariadb({
      binaries,
      port: options.mariadbPort,
      folder: join(options.dataFolder, "mariadb"),
      logFile: join(options.logFolder, "mariadb.log"),
      pidFile: join(options.runFolder, "mariadb.pid"),
      profile: options.profile,
      account: { user: options.user, password: options.password, database: options.database },
      rootPassword: options.rootPassword,
    }),
  ];
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
  const kinds = (["mariadb", "redis"] as const).filter((kind) => options.located[kind] === "docker");
  if (kinds.length === 0) return [];
  const project = dockerProject(options.dataFolder);
  writeContainersFile(options.runFolder, project);
  const isAdministrator = options.database === "*";
  await startDockerEngines({
    project,
    kinds,
    mariadbPort: options.mariadbPort,
    redisPort: options.redisPort,
    database: isAdministrator ? "tocsin_test" : options.database,
    user: options.user,
    password: options.password,
    rootPassword: options.rootPassword,
  });
  const user = isAdministrator ? `root:${options.rootPassword}` : `${options.user}:${options.password}`;
  const database = isAdministrator ? "" : options.database;
  const urls: Record<EngineKind, string> = {
    mariadb: `mysql://${user}@127.0.0.1:${options.mariadbPort}/${database}`,
    redis: `redis://127.0.0.1:${options.redisPort}`,
  };
  // Both live in one compose project: the first to be stopped takes it down, the second finds no note of it.
  const stop = async () => {
    if (options.profile === "throwaway") await stopDockerEngines(project, true);
    await stopNotedContainers(options.runFolder);
  };
  return kinds.map((kind) => ({
    kind,
    name: kind === "mariadb" ? "MariaDB" : "Redis",
    url: urls[kind],
    stop,
  }));
}

/**
 * Throws the data of engines away that do not run.
 *
 * @throws Error when the data is in containers' volumes and Docker does not answer.
 */
export async function wipeEngines(located: LocatedEngines, dataFolder: string): Promise<void> {
  rmSync(dataFolder, { recursive: true, force: true });
  if (located.mariadb === "docker" || located.redis === "docker") {
    await stopDockerEngines(dockerProject(dataFolder), true);
  }
}

/** One compose project for each data folder, so that clones and test runs never share containers. */
function dockerProject(dataFolder: string): string {
  return `tocsin-${createHash("sha256").update(dataFolder).digest("hex").slice(0, 12)}`;
}
