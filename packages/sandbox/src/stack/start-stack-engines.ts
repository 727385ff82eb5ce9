import { join } from "node:path";
import { canReachDatabase, canReachRedis } from "../engines/can-reach.ts";
import { chooseDatabase } from "../engines/choose-database.ts";
import { type DatabaseKind, type Engine, ENGINE_NAMES, type EngineKind } from "../engines/engine.ts";
import { locateEngines } from "../engines/locate-engines.ts";
import { startEngines, wipeEngines } from "../engines/start-engines.ts";
import { UserError } from "../engines/user-error.ts";
import { folderBeside } from "./folder-beside.ts";
import { ENGINE_TREES, STACK } from "./layout.ts";
import { announceDownload, step } from "./progress.ts";
import { askServers, type RunningServers, serverUrls, type ServerUrls } from "./running-servers.ts";
import type { StackSecrets } from "./secrets.ts";
import type { ForeignEngines, StackPorts } from "./settings.ts";
import type { Supervisor } from "./supervisor.ts";

export interface StackEnginesOptions {
  ports: StackPorts;
  foreign: ForeignEngines;
  /** The database server that was asked for. */
  engine: DatabaseKind | undefined;
  /** Throws their data away first. */
  fresh: boolean;
  secrets: StackSecrets;
  supervisor: Supervisor;
  /** Aborted when the start is to be given up. */
  signal: AbortSignal;
}

export interface StackEngines extends ServerUrls {
  servers: RunningServers;
  /** Holds what belongs to this database: its own data, Redis's, and the objects that its rows speak of. */
  dataFolder: string;
}

/**
 * Starts the engines of this clone, except those somebody else runs; these only have to answer. Each database server
 * has a data folder of its own, so that changing between them keeps what each one holds; so has each given database.
 *
 * @throws UserError when a given server does not answer or is not the one asked for, or no way to run an engine is found.
 */
export async function startStackEngines(options: StackEnginesOptions): Promise<StackEngines> {
  const { databaseUrl, redisUrl } = options.foreign;
  if (databaseUrl !== undefined) await useForeign("DATABASE_URL", () => canReachDatabase(databaseUrl));
  if (redisUrl !== undefined) await useForeign("REDIS_URL", () => canReachRedis(redisUrl));
  const database = databaseUrl === undefined ? await chooseDatabase(options.engine) : undefined;
  const wanted: EngineKind[] = [];
  if (database !== undefined) wanted.push(database);
  if (redisUrl === undefined) wanted.push("redis");
  const dataFolder = join(STACK.data, database ?? folderBeside(databaseUrl));
  const engines = wanted.length === 0 ? [] : await startOwn(wanted, dataFolder, options);
  const urls = serverUrls(engines, options.foreign);
  const servers = await askServers(urls, { asked: options.engine, variable: "DATABASE_URL" });
  return { ...urls, servers, dataFolder };
}

async function useForeign(variable: string, canReach: () => Promise<boolean>): Promise<void> {
  await step(`The server of ${variable}`, async () => {
    if (!(await canReach())) {
      throw new UserError(`The server of ${variable} does not answer, or refuses this user and password.`);
    }
  });
}

async function startOwn(
  wanted: readonly EngineKind[],
  dataFolder: string,
  options: StackEnginesOptions,
): Promise<Engine[]> {
  const { ports, secrets, supervisor } = options;
  const names = wanted.map((kind) => ENGINE_NAMES[kind]).join(" and ");
  const located = await step(`Finding ${names}`, () =>
    locateEngines(wanted, { trees: ENGINE_TREES, signal: options.signal, onDownload: announceDownload }),
  );
  if (options.fresh) await step("Wiping their data", () => wipeEngines(located, dataFolder));
  return step(`Starting ${names}`, async () => {
    const engines = await startEngines({
      located,
      profile: "durable",
      dataFolder,
      logFolder: STACK.logs,
      runFolder: STACK.run,
      databasePort: ports.database,
      redisPort: ports.redis,
      database: "tocsin",
      user: "tocsin",
      password: secrets.databasePassword,
      rootPassword: secrets.databaseRootPassword,
    });
    for (const engine of engines) await supervisor.add(engine);
    return engines;
  });
}
