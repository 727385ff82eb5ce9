import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseKind, Engine, EngineKind } from "../engines/engine.ts";
import { chooseDatabase } from "../engines/choose-database.ts";
import { freePort } from "../engines/free-port.ts";
import { locateEngines } from "../engines/locate-engines.ts";
import { writePidFile } from "../engines/pid-file.ts";
import { startEngines } from "../engines/start-engines.ts";
import { ENGINE_TREES, LOCAL } from "./layout.ts";
import { removeDeadTestRuns, stopLeftovers, testOwnerFile } from "./leftovers.ts";
import { announceDownload } from "./progress.ts";
import { askServers, type RunningServers, serverUrls } from "./running-servers.ts";
import type { GivenTestEngines } from "./test-engine-settings.ts";

export interface TestEngines {
  databaseUrl: string;
  redisUrl: string;
  servers: RunningServers;
  /** Holds everything of this run; removed by `stop`. */
  folder: string;
  stop(): Promise<void>;
}

/** The folder of this process's test run. */
export const TEST_FOLDER = join(LOCAL, `test-${process.pid}`);

/**
 * Starts throw-away engines on free ports, except those that were given.
 *
 * @param signal aborted when the run is to be given up.
 * @param asked the database server that was asked for.
 * @throws UserError when the given database server is another one than was asked for.
 * @throws Error when an engine cannot be found or started; nothing is left running then.
 */
export async function startTestEngines(
  given: GivenTestEngines,
  signal: AbortSignal,
  asked?: DatabaseKind,
): Promise<TestEngines> {
  await removeDeadTestRuns();
  mkdirSync(join(TEST_FOLDER, "run"), { recursive: true });
  writePidFile(testOwnerFile(TEST_FOLDER), { name: "npm test", pid: process.pid });
  const wanted: EngineKind[] = [];
  if (given.databaseUrl === undefined) wanted.push(await chooseDatabase(asked));
  if (given.redisUrl === undefined) wanted.push("redis");
  let engines: Engine[] = [];
  const stop = async () => {
    for (const engine of engines.toReversed()) await engine.stop();
    await removeTestFolder();
  };
  try {
    const located = await locateEngines(wanted, {
      trees: ENGINE_TREES,
      signal,
      onDownload: announceDownload,
    });
    const [databasePort, redisPort] = [await freePort(), await freePort()];
    engines = await startEngines({
      located,
      profile: "throwaway",
      dataFolder: join(TEST_FOLDER, "data"),
      logFolder: join(TEST_FOLDER, "logs"),
      runFolder: join(TEST_FOLDER, "run"),
      databasePort,
      redisPort,
      database: "*",
      user: "tocsin_test",
      password: randomBytes(24).toString("base64url"),
      rootPassword: randomBytes(24).toString("base64url"),
    });
    const urls = serverUrls(engines, given);
    const servers = await askServers(urls, { asked, variable: "TOCSIN_TEST_DATABASE_URL" });
    return { ...urls, servers, folder: TEST_FOLDER, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Ends what still runs of this process's test run, started or half started, and removes its folder. */
export async function removeTestFolder(): Promise<void> {
  await stopLeftovers(join(TEST_FOLDER, "run"));
  rmSync(TEST_FOLDER, { recursive: true, force: true });
}
