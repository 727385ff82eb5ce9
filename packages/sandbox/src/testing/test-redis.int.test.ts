import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { canReachRedis } from "../engines/can-reach.ts";
import { testRedisDatabase } from "./test-redis.ts";

test("each call gives another empty database of the same server", async () => {
  const [one, other] = [await testRedisDatabase(), await testRedisDatabase()];
  expect(one.url).not.toBe(other.url);
  expect(await canReachRedis(one.url)).toBe(true);
  const redis = new Redis(one.url);
  expect(await redis.dbsize()).toBe(0);
  redis.disconnect();
});

test("release empties its own database and no other", async () => {
  const [one, other] = [await testRedisDatabase(), await testRedisDatabase()];
  const [redis, neighbour] = [new Redis(one.url), new Redis(other.url)];
  await Promise.all([redis.set("key", "value"), neighbour.set("key", "value")]);
  await one.release();
  expect(await redis.dbsize()).toBe(0);
  expect(await neighbour.dbsize()).toBe(1);
  await other.release();
  redis.disconnect();
  neighbour.disconnect();
});
