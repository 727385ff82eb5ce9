import { type SwallowingProxy, startSwallowingProxy } from "@tocsin/sandbox/testing/swallowing-proxy";
import { testRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import type { Logger } from "./logger.ts";
import { createRedis, type RedisOptions, untilReady } from "./redis.ts";

const quiet: Logger = { error() {}, warn() {}, info() {}, debug() {} };

let database: Awaited<ReturnType<typeof testRedisDatabase>>;
let proxy: SwallowingProxy;
let proxied: string;

beforeAll(async () => {
  database = await testRedisDatabase();
  const url = new URL(database.url);
  proxy = await startSwallowingProxy(Number(url.port));
  [url.hostname, url.port] = ["127.0.0.1", String(proxy.port)];
  proxied = url.toString();
});

afterAll(async () => {
  await proxy.close();
  await database.release();
});

async function connect(role: RedisOptions["role"]) {
  const redis = createRedis({ url: proxied, role, log: quiet, silenceLimitMs: 500 });
  onTestFinished(() => redis.disconnect());
  await untilReady(redis);
  return redis;
}

describe("a connection to Redis that takes commands and gives no answer", () => {
  it("is made anew, and a read that waited on it goes on", async () => {
    const redis = await connect("worker");
    await redis.xadd("half-open", "*", "a", "1");
    proxy.swallow();
    const read = await redis.xread("BLOCK", 100, "STREAMS", "half-open", "0");
    expect(read).toMatchObject([["half-open", [[expect.any(String), ["a", "1"]]]]]);
  });

  it("holds up no request for ever, and takes commands again", async () => {
    const redis = await connect("request");
    proxy.swallow();
    await redis.ping().catch(() => "away");
    await expect.poll(() => redis.ping().catch(() => "away"), { timeout: 10_000 }).toBe("PONG");
  });

  it("is kept while it answers, however long nothing is asked of it or is there to be read", async () => {
    const redis = await connect("worker");
    const id = await redis.client("ID");
    for (let read = 0; read < 5; read += 1) await redis.xread("BLOCK", 300, "STREAMS", "nothing", "$");
    expect(await redis.client("ID")).toBe(id);
  });
});
