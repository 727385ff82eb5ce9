import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { Redis } from "ioredis";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestServices } from "../testing/test-services.ts";
import { countInterruptions } from "./count-interruptions.ts";

const people = ["ada", "ben"].map((userId) => ({ userId, notificationId: "n" }));

let test: Awaited<ReturnType<typeof createTestServices>>;
let silent: Server;

beforeAll(async () => {
  test = await createTestServices();
  silent = createServer().listen(0, "127.0.0.1");
  await once(silent, "listening");
});

afterAll(async () => {
  silent.close();
  await test.close();
});

const count = (redis: Redis) =>
  countInterruptions({ ...test.services, redis }, { perUser: 0, overall: 0 }, people);

it("interrupts nobody beyond the limits while Redis counts", async () => {
  expect(await count(test.services.redis)).toEqual([false, false]);
});

it("interrupts everybody where Redis is away", async () => {
  const redis = new Redis({ lazyConnect: true, enableOfflineQueue: false });
  expect(await count(redis)).toEqual([true, true]);
  redis.disconnect();
});

it("interrupts everybody where Redis takes the connection and says nothing", async () => {
  const { port } = silent.address() as AddressInfo;
  const redis = new Redis({ host: "127.0.0.1", port });
  const closed = once(redis, "end");
  expect(await count(redis)).toEqual([true, true]);
  redis.disconnect();
  await closed;
});
