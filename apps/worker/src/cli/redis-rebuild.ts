import { CommandError, findDatabase, findVariable } from "@tocsin/db/cli/database-url";
import { refuseUnknownOptions, runCommand } from "@tocsin/db/cli/run-command";
import { createPool } from "@tocsin/db/pool";
import { assertRedisKeeps, createRedis, untilReady } from "@tocsin/platform/redis";
import type { Redis } from "ioredis";
import { workerEnvSchema } from "../env.ts";
import { openRebuild, type OpenRebuild } from "../rebuild/open-rebuild.ts";
import { rebuildRedis, rebuiltParts } from "../rebuild/rebuild-redis.ts";

const HELP = `npm run redis:rebuild   make what Redis has lost anew from MySQL: the event stream, its group and every job

DATABASE_URL           mysql://user:password@host:3306/database; else the private database of npm start
REDIS_URL              redis://host:6379; else the private Redis of npm start
BUCKET_CHECK_SECONDS   as the workers have it

What Redis still has stays. It may run while workers run, and as often as you like: nothing is processed twice.`;

await runCommand(async (args) => {
  if (args.includes("--help")) {
    console.log(HELP);
    return;
  }
  refuseUnknownOptions(args, []);
  const { url } = findDatabase(process.env);
  const seconds = readSeconds();
  const redis = openRedis();
  const pool = createPool({ url, connectionLimit: 2 });
  try {
    // Both must answer before anything is touched.
    await pool.query("SELECT 1 FROM event LIMIT 1");
    await refuseUnusable(redis);
    const services = openRebuild({ pool, redis }, seconds);
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

function readSeconds(): number {
  const given = findVariable(process.env, "BUCKET_CHECK_SECONDS");
  const seconds = workerEnvSchema.shape.BUCKET_CHECK_SECONDS.safeParse(given === "" ? undefined : given);
  if (!seconds.success) throw new CommandError("BUCKET_CHECK_SECONDS must be a whole number from 1 to 3600.");
  return seconds.data;
}

function openRedis(): Redis {
  const url = findVariable(process.env, "REDIS_URL");
  if (url === undefined) {
    throw new CommandError(
      "REDIS_URL is not set, and there is no private Redis of this clone: run npm start first.",
    );
  }
  const quiet = { error() {}, warn() {}, info() {}, debug() {} };
  return createRedis({ url, role: "request", log: quiet });
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
