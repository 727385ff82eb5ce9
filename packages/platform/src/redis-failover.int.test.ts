import { eventually } from "@tocsin/sandbox/testing/eventually";
import { locateRedis, type RedisPair, startRedisPair } from "@tocsin/sandbox/testing/redis-pair";
import { Queue, Worker } from "bullmq";
import type { Redis } from "ioredis";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Logger } from "./logger.ts";
import { createRedis } from "./redis.ts";

const binaries = await locateRedis();

describe.skipIf(binaries === undefined)("when a Redis becomes a replica under open connections", () => {
  let pair: RedisPair;
  let warnings: string[];
  let open: Redis[];

  const connect = (role: "request" | "worker") => {
    const log: Logger = {
      ...{ error() {}, info() {}, debug() {} },
      warn: (message) => void warnings.push(message),
    };
    const redis = createRedis({ url: pair.url, role, log });
    open.push(redis);
    return redis;
  };

  beforeEach(async () => {
    if (binaries) pair = await startRedisPair(binaries);
    [warnings, open] = [[], []];
  });

  afterEach(async () => {
    for (const redis of open) redis.disconnect();
    await pair.stop();
  });

  it("a request's write fails at once, and later ones reach the new primary", async () => {
    const redis = connect("request");
    await eventually(() => redis.set("key", "before"));
    await pair.switchRoles();
    await expect(redis.set("key", "refused")).rejects.toThrow(/^READONLY/);
    pair.moveAddress();
    await eventually(() => redis.set("key", "after"));
    expect(await pair.servers.second.get("key")).toBe("after");
  });

  it("a worker's write waits and is done once by the new primary", async () => {
    const redis = connect("worker");
    await redis.rpush("list", "before");
    await pair.switchRoles();
    const [written] = await Promise.all([redis.rpush("list", "after"), Promise.resolve(pair.moveAddress())]);
    expect(written).toBe(2);
    expect(await pair.servers.second.lrange("list", 0, -1)).toEqual(["before", "after"]);
  });

  it("a transaction of a request is done as a whole or not at all", async () => {
    const redis = connect("request");
    await eventually(() => redis.ping());
    await pair.switchRoles();
    pair.moveAddress();
    await expect(redis.multi().incr("count").incr("count").exec()).rejects.toThrow(/EXECABORT/);
    await eventually(() => redis.incr("after"));
    expect(await pair.servers.second.get("count")).toBeNull();
  });

  it("a blocked read goes on at the new primary", async () => {
    const redis = connect("worker");
    const read = redis.blpop("list", 30);
    await eventually(async () =>
      expect(await pair.servers.first.info("clients")).toContain("blocked_clients:1"),
    );
    await pair.switchRoles();
    pair.moveAddress();
    await pair.servers.second.rpush("list", "element");
    expect(await read).toEqual(["list", "element"]);
  });

  it("BullMQ's worker, whose connections it makes itself, takes jobs from the new primary", async () => {
    const done: string[] = [];
    const worker = new Worker("jobs", async (job) => void done.push(job.name), {
      connection: connect("worker"),
    });
    worker.on("error", () => {});
    const queue = new Queue("jobs", { connection: connect("request") });
    queue.on("error", () => {});
    try {
      await eventually(() => queue.add("before", {}));
      await eventually(() => expect(done).toEqual(["before"]));
      await pair.switchRoles();
      pair.moveAddress();
      await eventually(() => queue.add("after", {}));
      await eventually(() => expect(done).toContain("after"), { timeoutMs: 15_000 });
      expect(await pair.servers.first.info("replication")).toContain("role:slave");
    } finally {
      await worker.close();
      await queue.close();
    }
  });

  it("connects anew now and then while the address still leads to the replica, and says so once", async () => {
    const redis = connect("worker");
    await redis.ping();
    await pair.switchRoles();
    const before = pair.connections();
    const startedAt = performance.now();
    const written = redis.set("key", "value");
    await eventually(() => expect(pair.connections()).toBeGreaterThan(before + 2));
    const attempts = pair.connections() - before;
    // The least that so many pauses of half a second take: a lower bound holds on any machine.
    expect(performance.now() - startedAt).toBeGreaterThan((attempts - 1) * 450);
    expect(warnings).toEqual([expect.stringContaining("is a replica")]);
    pair.moveAddress();
    await expect(written).resolves.toBe("OK");
  });
});
