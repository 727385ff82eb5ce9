import { testRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { describe, expect, it } from "vitest";
import type { Logger } from "./logger.ts";
import { assertRedisKeeps, createRedis, untilReady } from "./redis.ts";

const quiet: Logger = { error() {}, warn() {}, info() {}, debug() {} };

describe("createRedis", () => {
  it("fails a request's command at once while Redis is away", async () => {
    const redis = createRedis({ url: "redis://127.0.0.1:1", role: "request", log: quiet });
    await expect(redis.ping()).rejects.toThrow(/enableOfflineQueue|writeable/);
    redis.disconnect();
  });

  it("connects and takes commands", async () => {
    const database = await testRedisDatabase();
    const redis = createRedis({ url: database.url, role: "request", log: quiet });
    await untilReady(redis);
    expect(await redis.ping()).toBe("PONG");
    redis.disconnect();
    await database.release();
  });
});

describe("assertRedisKeeps", () => {
  it("accepts a Redis that never evicts", async () => {
    const database = await testRedisDatabase();
    const redis = createRedis({ url: database.url, role: "request", log: quiet });
    await untilReady(redis);
    await expect(assertRedisKeeps(redis)).resolves.toBeUndefined();
    redis.disconnect();
    await database.release();
  });
});
