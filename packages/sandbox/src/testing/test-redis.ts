import { Redis } from "ioredis";
import { testEngineUrl } from "./test-engines.ts";

/** A logical database of the throw-away Redis that no other test file uses. */
export interface TestRedisDatabase {
  url: string;
  /** Empties it. */
  release(): Promise<void>;
}

/** In database 0; everything else there stays untouched. */
const COUNTER_KEY = "tocsin-test-databases";

/**
 * Takes an unused logical database: streams and queues have fixed keys, so each test file needs its own.
 *
 * @throws Error when the tests run without the engines, or every database of the server holds something.
 */
export async function testRedisDatabase(): Promise<TestRedisDatabase> {
  const server = testEngineUrl("TOCSIN_TEST_REDIS");
  const redis = new Redis(server);
  try {
    const index = await takeEmptyDatabase(redis);
    const url = new URL(server);
    url.pathname = `/${index}`;
    return { url: url.toString(), release: () => emptyDatabase(url.toString()) };
  } finally {
    redis.disconnect();
  }
}

/** A server that was given to the tests may hold other people's data: only an empty database is taken. */
async function takeEmptyDatabase(redis: Redis): Promise<number> {
  const [, databases] = await redis.config("GET", "databases");
  const last = Number(databases) - 1;
  for (let tries = 0; tries < last; tries++) {
    await redis.select(0);
    const count = await redis.incr(COUNTER_KEY);
    const index = ((count - 1) % last) + 1;
    await redis.select(index);
    if ((await redis.dbsize()) === 0) return index;
  }
  throw new Error(`All ${last} databases of TOCSIN_TEST_REDIS hold something; a test needs an empty one.`);
}

async function emptyDatabase(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushdb();
  redis.disconnect();
}
