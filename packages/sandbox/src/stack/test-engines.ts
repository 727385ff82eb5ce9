import { randomBytes } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { Engine, EngineKind } from "../engines/engine.ts";
import { freePort } from "../engines/free-port.ts";
import { locateEngines } from "../engines/locate-engines.ts";
import { writePidFile } from "../engines/pid-file.ts";
import { startEngines } from "../engines/start-engines.ts";
import { ENGINES_TREE, LOCAL } from "./layout.ts";
import { removeDeadTestRuns, stopLeftovers, testOwnerFile } from "./leftovers.ts";
import { announceDownload } from "./progress.ts";
import type { GivenTestEngines } from "./test-engine-settings.ts";

export interface TestEngines {
  mariadbUrl: string;
  redisUrl: string;
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
 * @throws Error when an engine cannot be found or started; nothing is left running then.
 */
export async function startTestEngines(given: GivenTestEngines, signal: AbortSignal): Promise<TestEngines> {
  await removeDeadTestRuns();
  mkdirSync(join(TEST_FOLDER, "run"), { recursive: true });
  writePidFile(testOwnerFile(TEST_FOLDER), { name: "npm test", pid: process.pid });
  const wanted: EngineKind[] = [];
  if (given.mariadbUrl === undefined) wanted.push("mariadb");
  if (given.redisUrl === undefined) wanted.push("redis");
  let engines: Engine[] = [];
  const stop = async () => {
    for (const engine of engines.toReversed()) await engine.stop();
    await removeTestFolder();
  };
  try {
    const located = await locateEngines(wanted, { tree: ENGINES_TREE, signal, onDownload: announceDownload });
    const [mariadbPort, redisPort] = [await freePort(), await freePort()];
    engines = await startEngines({
      located,
      profile: "throwaway",
      dataFolder: join(TEST_FOLDER, "data"),
      logFolder: join(TEST_FOLDER, "logs"),
      runFolder: join(TEST_FOLDER, "run"),
      mariadbPort,
      redisPort,
      database: "*",
      user: "tocsin_test",
      password: randomBytes(24).toString("base64url"),
      rootPassword: randomBytes(24).toString("base64url"),
    });
  } catch (error) {
    await stop();
    throw error;
  }
  const urlOf = (kind: EngineKind) => engines.find((engine) => engine.kind === kind)?.url ?? "";
  return {
    mariadbUrl: given.mariadbUrl ?? urlOf("mariadb"),
    redisUrl: given.redisUrl ?? urlOf("redis"),
    folder: TEST_FOLDER,
    stop,
  };
}

/** Ends what still runs of this process's test run, started or half started, and removes its folder. */
export async function removeTestFolder(): Promise<void> {
  await stopLeftovers(join(TEST_FOLDER, "run"));
  rmSync(TEST_FOLDER, { recursive: true, force: true });
}
