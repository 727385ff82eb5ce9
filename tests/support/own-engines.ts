import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "@tocsin/db/migrations/migrate";
import { chooseDatabase } from "@tocsin/sandbox/engines/choose-database";
import type { DatabaseKind, Engine, EngineKind } from "@tocsin/sandbox/engines/engine";
import { databaseKind } from "@tocsin/sandbox/engines/engine-option";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { locateEngines } from "@tocsin/sandbox/engines/locate-engines";
import { startEngines } from "@tocsin/sandbox/engines/start-engines";
import { runFolderOf } from "@tocsin/sandbox/testing/run-folder";
import { administrateDatabase, type SendSql } from "@tocsin/sandbox/testing/administrate";
import { ENGINE_TREES } from "@tocsin/sandbox/stack/layout";
import type { SystemEngines } from "./system.ts";

/** Engines of a test's own, durable as in production, that it may kill, freeze and start again. */
export interface OwnEngines extends SystemEngines {
  /** Which database server it is. */
  kind: DatabaseKind;
  database: FaultyEngine;
  redis: FaultyEngine;
  /** The processes, by name. */
  pids: () => Record<string, number>;
  /** Sends statements to the database server as its administrator. */
  administrate: (work: (send: SendSql) => Promise<void>) => Promise<void>;
}

export interface FaultyEngine {
  signal: (signal: NodeJS.Signals) => void;
  /** kill -9, and up again on the same port with the same data. */
  restart: () => Promise<void>;
}

/**
 * Starts a database server and Redis as production runs them: every commit on disk, an append-only file.
 *
 * @param asked the database server; without it TOCSIN_TEST_ENGINE names it, else it is chosen as `npm start` does.
 * @param databaseOptions more of the database server's own options
 */
export async function startOwnEngines(
  asked?: DatabaseKind,
  databaseOptions: readonly string[] = [],
): Promise<OwnEngines> {
  const kind = await chooseDatabase(asked ?? databaseKindOfTests());
  const folder = mkdtempSync(join(tmpdir(), "tocsin-faults-"));
  const located = await locateEngines([kind, "redis"], {
    trees: ENGINE_TREES,
    signal: new AbortController().signal,
    onDownload: () => {},
  });
  const password = randomBytes(24).toString("base64url");
  const options = {
    profile: "durable",
    databaseOptions,
    dataFolder: join(folder, "data"),
    logFolder: join(folder, "logs"),
    runFolder: runFolderOf(folder),
    ...{ databasePort: await freePort(), redisPort: await freePort() },
    ...{ database: "tocsin_test", user: "tocsin_test", password, rootPassword: password },
  } as const;
  const start = async (one: EngineKind): Promise<Engine> => {
    const [engine] = await startEngines({ ...options, located: { [one]: located[one] } });
    if (!engine) throw new Error(`${one} cannot be started`);
    return engine;
  };
  const [database, redis] = [await faulty(() => start(kind)), await faulty(() => start("redis"))];
  await migrate({ url: database.url });
  return {
    kind,
    databaseUrl: database.url,
    redisUrl: redis.url,
    database,
    redis,
    pids: () => ({ [kind]: database.pid(), redis: redis.pid() }),
    administrate: (work) => administrateDatabase({ socketPath: database.socketPath(), password }, work),
    async release() {
      await Promise.all([database.stop(), redis.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The database server that the tests were started with. */
export function databaseKindOfTests(): DatabaseKind | undefined {
  const name = process.env["TOCSIN_TEST_ENGINE"];
  return name === undefined ? undefined : databaseKind(name, "TOCSIN_TEST_ENGINE");
}

interface OwnEngine extends FaultyEngine {
  url: string;
  pid: () => number;
  socketPath: () => string;
  stop: () => Promise<void>;
}

async function faulty(start: () => Promise<Engine>): Promise<OwnEngine> {
  let engine = await start();
  const pid = () => {
    if (!engine.process) throw new Error(`${engine.name} runs in a container and cannot be tormented`);
    return engine.process.pid;
  };
  const signal = (name: NodeJS.Signals) => void process.kill(pid(), name);
  return {
    url: engine.url,
    pid,
    socketPath: () => engine.socketPath ?? "",
    signal,
    async restart() {
      signal("SIGKILL");
      await engine.process?.exited;
      engine = await start();
    },
    stop: () => engine.stop(),
  };
}
