import { CommandError } from "@tocsin/db/cli/database-url";
import { refuseUnknownOptions, runCommand } from "@tocsin/db/cli/run-command";
import { driverConfig } from "@tocsin/db/driver-config";
import { createPool } from "@tocsin/db/pool";
import { assertRedisKeeps, createRedis, untilReady } from "@tocsin/platform/redis";
import type { Redis } from "ioredis";
import { findTargets } from "../rebuild/find-targets.ts";
import { openRebuild, type OpenRebuild } from "../rebuild/open-rebuild.ts";
import { rebuildRedis, rebuiltParts } from "../rebuild/rebuild-redis.ts";

const HELP = `npm run redis:rebuild   make what Redis has lost anew from MySQL: the event stream, its group and every job

DATABASE_URL           mysql://user:password@host:3306/database
REDIS_URL              redis://host:6379
BUCKET_CHECK_SECONDS   as the workers have it

Set both URLs; with neither it works on the private engines of npm start.

What Redis still has stays. It may run while workers run, and as often as you like: nothing is processed twice.`;

await runCommand(async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return;
  }
  refuseUnknownOptions(args, []);
  const { databaseUrl, redisUrl, bucketCheckSeconds } = findTargets(process.env);
  const pool = createPool({ url: databaseUrl, connectionLimit: 2 });
  const redis = openRedis(redisUrl);
  printTargets(databaseUrl, redis);
  try {
    // Both must answer before anything is touched.
    await pool.query("SELECT 1 FROM event LIMIT 1");
    await refuseUnusable(redis);
    const services = openRebuild({ pool, redis }, bucketCheckSeconds);
    try {
      await run(services);
    } finally {
      await services.close();
    }
  } finally {
    redis.disconnect();
    await pool.close();
  }
});

function openRedis(url: string): Redis {
  const quiet = { error() {}, warn() {}, info() {}, debug() {} };
  return createRedis({ url, role: "request", log: quiet });
}

/** Where it reads and where it writes, without passwords: whoever started it sees in time that it is the wrong place. */
function printTargets(databaseUrl: string, redis: Redis): void {
  const mysql = driverConfig(databaseUrl);
  console.log(`▸ from MySQL ${mysql.host}:${mysql.port}/${mysql.database}`);
  console.log(`▸ to Redis ${redis.options.host}:${redis.options.port}/${redis.options.db ?? 0}`);
}

async function refuseUnusable(redis: Redis): Promise<void> {
  try {
    await untilReady(redis);
    await assertRedisKeeps(redis);
  } catch (error) {
    throw new CommandError(
      `${error instanceof Error ? error.message : String(error)}. Nothing was changed.`,
      {
        cause: error,
      },
    );
  }
}

async function run(services: OpenRebuild): Promise<void> {
  const counts = new Map<string, number>();
  await rebuildRedis(services, (part, count) => {
    counts.set(part, count);
    if (count > 0 && count % 1000 === 0) console.log(`▸ ${part}: ${count.toLocaleString("en")}`);
  });
  const [warning] = services.warnings;
  if (warning !== undefined) {
    throw new CommandError(
      `Not everything was put back (${warning}). Run it again; workers make up for it as well.`,
    );
  }
  console.log("✓ stream, consumer group and bucket checks");
  for (const part of rebuiltParts) {
    console.log(`✓ ${part}: ${(counts.get(part) ?? 0).toLocaleString("en")}`);
  }
}
