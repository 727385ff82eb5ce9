import { join } from "node:path";
import { migrate } from "@tocsin/db/migrations/migrate";
import { createPool, type Pool } from "@tocsin/db/pool";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { startProcess } from "@tocsin/sandbox/testing/start-process";
import { databaseUrl } from "@tocsin/sandbox/testing/test-database";
import type { MeasuredTocsin } from "../system/tocsin.ts";
import type { LoadedSystem } from "./send-events.ts";

/** A system that was started to be measured. */
export interface RunningSystem {
  target: LoadedSystem;
  /** Where its events are. */
  pool: Pool;
  stop: () => Promise<void>;
}

/**
 * Starts programs that stand beside this one, on the engines of Tocsin; the first of them takes the requests. The same
 * tables are in a database of their own: Tocsin would otherwise look after events that nobody processes for some seconds.
 */
export async function startBarePrograms(
  { engines }: MeasuredTocsin,
  names: readonly [string, ...string[]],
): Promise<RunningSystem> {
  const url = await createDatabase(engines, names[0].replace("-", "_"));
  const started = await Promise.all(names.map((name) => startBareProgram(name, url, engines.redisUrl)));
  const pool = createPool({ url, connectionLimit: 4 });
  return {
    pool,
    target: {
      urls: [started[0]?.url ?? ""],
      path: () => "/",
      token: "",
      processes: { ...Object.fromEntries(started.map(({ name, pid }) => [name, pid])), ...engines.pids() },
    },
    async stop() {
      await Promise.all(started.map((running) => running.stop()));
      await pool.close();
    },
  };
}

async function startBareProgram(name: string, database: string, redis: string) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const running = await startProcess({
    name,
    entry: join(import.meta.dirname, `${name}.ts`),
    env: { DATABASE_URL: database, REDIS_URL: redis, PORT: String(port) },
    isReady: `${url}/ready`,
  });
  return { ...running, url };
}

async function createDatabase(engines: MeasuredTocsin["engines"], name: string): Promise<string> {
  const url = databaseUrl(engines.databaseUrl, name);
  await engines.administrate(async (send) => {
    await send(`CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`);
    await send(`GRANT ALL PRIVILEGES ON ${name}.* TO '${new URL(url).username}'@'127.0.0.1'`);
  });
  await migrate({ url });
  return url;
}
