import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "@tocsin/db/migrations/migrate";
import type { Engine } from "@tocsin/sandbox/engines/engine";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { locateEngines } from "@tocsin/sandbox/engines/locate-engines";
import { startEngines } from "@tocsin/sandbox/engines/start-engines";
import { administrateMariadb } from "@tocsin/sandbox/testing/administrate";
import { ENGINES_TREE } from "@tocsin/sandbox/stack/layout";
import type { SystemEngines } from "./system.ts";

/** Engines of a test's own, durable as in production, that it may kill, freeze and start again. */
export interface OwnEngines extends SystemEngines {
  mariadb: FaultyEngine;
  redis: FaultyEngine;
  /** The processes, by name. */
  pids: () => Record<"mariadb" | "redis", number>;
  /** Sends statements to MariaDB as its administrator. */
  administrate: (work: (send: (sql: string) => Promise<void>) => Promise<void>) => Promise<void>;
}

export interface FaultyEngine {
  signal: (signal: NodeJS.Signals) => void;
  /** kill -9, and up again on the same port with the same data. */
  restart: () => Promise<void>;
}

/** Starts MariaDB and Redis as production runs them: every commit on disk, an append-only file. */
export async function startOwnEngines(): Promise<OwnEngines> {
  const folder = mkdtempSync(join(tmpdir(), "tocsin-faults-"));
  const located = await locateEngines(["mariadb", "redis"], {
    tree: ENGINES_TREE,
    signal: new AbortController().signal,
    onDownload: () => {},
  });
  const password = randomBytes(24).toString("base64url");
  const options = {
    profile: "durable",
    dataFolder: join(folder, "data"),
    logFolder: join(folder, "logs"),
    runFolder: join(folder, "run"),
    ...{ mariadbPort: await freePort(), redisPort: await freePort() },
    ...{ database: "tocsin_test", user: "tocsin_test", password, rootPassword: password },
  } as const;
  const start = async (kind: Engine["kind"]): Promise<Engine> => {
    const [engine] = await startEngines({ ...options, located: { [kind]: located[kind] } });
    if (!engine) throw new Error(`${kind} cannot be started`);
    return engine;
  };
  const [mariadb, redis] = [await faulty(() => start("mariadb")), await faulty(() => start("redis"))];
  await migrate({ url: mariadb.url });
  return {
    databaseUrl: mariadb.url,
    redisUrl: redis.url,
    mariadb,
    redis,
    pids: () => ({ mariadb: mariadb.pid(), redis: redis.pid() }),
    administrate: (work) =>
      administrateMariadb(
        { socketPath: join(options.dataFolder, "mariadb/data/mariadb.sock"), password },
        work,
      ),
    async release() {
      await Promise.all([mariadb.stop(), redis.stop()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function faulty(
  start: () => Promise<Engine>,
): Promise<FaultyEngine & { url: string; pid: () => number; stop: () => Promise<void> }> {
  let engine = await start();
  const pid = () => {
    if (!engine.process) throw new Error(`${engine.name} runs in a container and cannot be tormented`);
    return engine.process.pid;
  };
  const signal = (name: NodeJS.Signals) => void process.kill(pid(), name);
  return {
    url: engine.url,
    pid,
    signal,
    async restart() {
      signal("SIGKILL");
      await engine.process?.exited;
      engine = await start();
    },
    stop: () => engine.stop(),
  };
}
