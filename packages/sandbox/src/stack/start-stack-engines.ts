import { canReachMariadb, canReachRedis } from "../engines/can-reach.ts";
import type { Engine, EngineKind } from "../engines/engine.ts";
import { locateEngines } from "../engines/locate-engines.ts";
import { startEngines, wipeEngines } from "../engines/start-engines.ts";
import { UserError } from "../engines/user-error.ts";
import { ENGINES_TREE, STACK } from "./layout.ts";
import { announceDownload, step } from "./progress.ts";
import type { StackSecrets } from "./secrets.ts";
import type { ForeignEngines, StackPorts } from "./settings.ts";
import type { Supervisor } from "./supervisor.ts";

export interface StackEnginesOptions {
  ports: StackPorts;
  foreign: ForeignEngines;
  /** Throws their data away first. */
  fresh: boolean;
  secrets: StackSecrets;
  supervisor: Supervisor;
  /** Aborted when the start is to be given up. */
  signal: AbortSignal;
}

/**
 * Starts the engines of this clone, except those somebody else runs; these only have to answer.
 *
 * @throws UserError when a given server does not answer or no way to run an engine is found.
 */
export async function startStackEngines(
  options: StackEnginesOptions,
): Promise<{ databaseUrl: string; redisUrl: string }> {
  const { databaseUrl, redisUrl } = options.foreign;
  if (databaseUrl !== undefined) await useForeign("DATABASE_URL", () => canReachMariadb(databaseUrl));
  if (redisUrl !== undefined) await useForeign("REDIS_URL", () => canReachRedis(redisUrl));
  const wanted: EngineKind[] = [];
  if (databaseUrl === undefined) wanted.push("mariadb");
  if (redisUrl === undefined) wanted.push("redis");
  const engines = wanted.length === 0 ? [] : await startOwn(wanted, options);
  const urlOf = (kind: EngineKind) => engines.find((engine) => engine.kind === kind)?.url ?? "";
  return { databaseUrl: databaseUrl ?? urlOf("mariadb"), redisUrl: redisUrl ?? urlOf("redis") };
}

async function useForeign(variable: string, canReach: () => Promise<boolean>): Promise<void> {
  await step(`The server of ${variable}`, async () => {
    if (!(await canReach())) {
      throw new UserError(`The server of ${variable} does not answer, or refuses this user and password.`);
    }
  });
}

async function startOwn(wanted: readonly EngineKind[], options: StackEnginesOptions): Promise<Engine[]> {
  const { ports, secrets, supervisor } = options;
  const located = await step("Finding MariaDB and Redis", () =>
    locateEngines(wanted, { tree: ENGINES_TREE, signal: options.signal, onDownload: announceDownload }),
  );
  if (options.fresh) await step("Wiping their data", () => wipeEngines(located, STACK.data));
  return step("Starting MariaDB and Redis", async () => {
    const engines = await startEngines({
      located,
      profile: "durable",
      dataFolder: STACK.data,
      logFolder: STACK.logs,
      runFolder: STACK.run,
      mariadbPort: ports.mariadb,
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
