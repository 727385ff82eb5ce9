import { jobCatalogue } from "@tocsin/contracts/jobs";
import type { BucketServices } from "@tocsin/core/buckets/check-buckets";
import { createTestServices } from "@tocsin/core/testing/test-services";
import { newId } from "@tocsin/db/ids";
import { createQueue } from "@tocsin/platform/queues";
import { createRedis } from "@tocsin/platform/redis";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import type { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { createBucketQueue } from "./bucket-queue.ts";
import { startBucketWorker } from "./bucket-worker.ts";

const everyMs = 100;

let test: Awaited<ReturnType<typeof createTestServices>>;
let services: BucketServices;
let queue: Queue;

beforeAll(async () => {
  test = await createTestServices();
  services = test.services;
});

beforeEach(() => {
  queue = createQueue(jobCatalogue.checkBuckets.queue, test.services.redis);
});

afterEach(async () => {
  await test.services.redis.flushdb();
  await queue.close();
});

afterAll(() => test.close());

const declare = (milliseconds = everyMs) =>
  createBucketQueue({ queue, log: services.log }, milliseconds).declare();

async function givenLowBucket(): Promise<string> {
  const id = newId();
  await services.pool.query(
    `INSERT INTO transfer_bucket (id, name, currency, currentBalance, threshold, hysteresis, createdAt, updatedAt)
     VALUES (?, 'Payouts', 'EUR', 1, 100, 0, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [id],
  );
  return id;
}

const eventsOf = async (id: string) =>
  test.services.db.event.findMany({ where: { dedupKey: `transfer-bucket:${id}` } });

/** How many checks wait, now or for their time. */
const countWakeUps = async () => (await queue.getWaitingCount()) + (await queue.getDelayedCount());

/** Two workers, each on a connection of its own. */
function startWorkers() {
  const workers = [1, 2].map(() => {
    const { host = "", port = 0, db = 0, password } = test.services.redis.options;
    const secret = password ? `:${password}@` : "";
    const url = `redis://${secret}${host}:${port}/${db}`;
    const connection: Redis = createRedis({ url, role: "worker", log: services.log });
    return { connection, worker: startBucketWorker(services, connection) };
  });
  return async () => {
    await Promise.all(workers.map(({ worker }) => worker.close()));
    for (const { connection } of workers) connection.disconnect();
  };
}

it("the check is scheduled once, however many workers declare it and however often", async () => {
  await Promise.all(Array.from({ length: 5 }, () => declare(60_000)));
  await declare(60_000);
  expect(await queue.getJobSchedulersCount()).toBe(1);
  expect(await countWakeUps()).toBe(1);
});

it("another interval takes the place of the one before", async () => {
  await declare(60_000);
  await declare(30_000);
  expect(await queue.getJobSchedulers()).toMatchObject([{ every: 30_000 }]);
  expect(await countWakeUps()).toBe(1);
});

it("two workers notice what another program wrote, again and again, each time once", async () => {
  const stop = startWorkers();
  try {
    await declare();
    for (let round = 0; round < 3; round += 1) {
      const id = await givenLowBucket();
      await eventually(async () => expect(await eventsOf(id)).toHaveLength(1));
    }
    expect(await services.pool.query("SELECT COUNT(*) AS count FROM event")).toEqual([{ count: 3 }]);
  } finally {
    await stop();
  }
});

it("a schedule that Redis has lost is made anew", async () => {
  await declare(60_000);
  await test.services.redis.flushdb();
  await declare(60_000);
  expect(await countWakeUps()).toBe(1);
});

it("a schedule whose next check got lost goes on", async () => {
  await declare(60_000);
  await test.services.redis.del(queue.toKey("wait"), queue.toKey("delayed"));
  expect(await countWakeUps()).toBe(0);
  await test.services.redis.zadd(queue.toKey("repeat"), Date.now() - 200_000, "check-buckets");
  await declare(60_000);
  expect(await countWakeUps()).toBe(1);
});
