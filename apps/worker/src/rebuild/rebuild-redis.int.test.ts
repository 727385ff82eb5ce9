import { eventStreamKey } from "@tocsin/contracts/stream";
import type { Channel, DeliveryMessage } from "@tocsin/core/delivery/channel";
import { announceEvents } from "@tocsin/core/events/announce-events";
import { insertEvents } from "@tocsin/core/events/insert-events";
import { prepareEvent } from "@tocsin/core/events/prepare-event";
import { acknowledgeNotification } from "@tocsin/core/notifications/acknowledge-notification";
import { processBatch } from "@tocsin/core/pipeline/process-batch";
import { readStreamState } from "@tocsin/core/system/read-stream-state";
import { actorOf, givenRole, givenRule, givenUser } from "@tocsin/core/testing/fixtures";
import { createTestServices } from "@tocsin/core/testing/test-services";
import { newId } from "@tocsin/db/ids";
import { countJobs, createQueue } from "@tocsin/platform/queues";
import { queueNames } from "@tocsin/contracts/jobs";
import { createRedis } from "@tocsin/platform/redis";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import type { Redis } from "ioredis";
import type Pusher from "pusher";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "@tocsin/core/context";
import { startDeliveryWorker } from "../delivery/delivery-worker.ts";
import { createOwnDeliveries } from "../delivery/own-deliveries.ts";
import { startRetryWorker } from "../retries/retry-worker.ts";
import { startStormWorker } from "../storms/storm-worker.ts";
import { consumeEvents } from "../stream/consume-events.ts";
import { openEventStream } from "../stream/event-stream.ts";
import { openRebuild, type OpenRebuild } from "./open-rebuild.ts";
import { rebuildRedis } from "./rebuild-redis.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let author: Context;
let rebuilding: OpenRebuild;

beforeAll(async () => {
  test = await createTestServices();
  const userId = await givenUser(test.services.db, [await givenRole(test.services.db, "Operator")]);
  author = test.contextOf(actorOf(userId));
});

afterAll(() => test.close());

beforeEach(() => {
  rebuilding = openRebuild(test.services, 60);
});

afterEach(() => rebuilding.close());

/** A rule of its own, and how to store events for it. */
async function givenRuleFor(some: Record<string, unknown> = {}) {
  const type = `rebuild.${newId()}`;
  const rule = await givenRule(author, {
    ...{ condition: `event.type == "${type}"`, targetRoles: ["Operator"] },
    ...some,
  });
  const store = async (count: number): Promise<string[]> => {
    const input = { type, source: "test", payload: {}, action: "trigger" as const };
    const events = Array.from({ length: count }, () => prepareEvent(input, null));
    await insertEvents(test.services.pool, events);
    return events.map(({ id }) => id);
  };
  return { ruleId: rule.id, store };
}

const processNow = (ids: readonly string[]) =>
  processBatch(
    test.pipeline,
    ids.map((eventId, index) => ({ kind: "stored", streamId: `1-${index}`, eventId })),
  );

const announce = (ids: readonly string[]) =>
  announceEvents(
    test.services.redis,
    test.services.log,
    ids.map((id) => ({ id, correlationId: null })),
  );

function connect(): Redis {
  const { host = "", port = 0, db = 0, password } = test.services.redis.options;
  const secret = password ? `:${password}@` : "";
  return createRedis({
    url: `redis://${secret}${host}:${port}/${db}`,
    role: "worker",
    log: test.services.log,
  });
}

async function countAllJobs(): Promise<Record<string, number>> {
  const queues = queueNames.map((name) => createQueue(name, test.services.redis));
  const states = await countJobs(queues);
  await Promise.all(queues.map((queue) => queue.close()));
  return Object.fromEntries(states.map(({ name, waiting, delayed }) => [name, waiting + delayed]));
}

async function rebuild(): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  await rebuildRedis(rebuilding, (part, count) => void (counts[part] = count));
  expect(rebuilding.warnings).toEqual([]);
  return counts;
}

/** A worker without its sweeps: what is not put back is never done. */
function startWorker() {
  const { services, pipeline } = test;
  const messages: DeliveryMessage[] = [];
  const channel: Channel = {
    name: "pusher",
    maximumTargets: 100,
    deliver: (requests) => {
      messages.push(...requests.map(({ message }) => message));
      return Promise.resolve(
        requests.map(({ targets }) => targets.map(() => ({ status: "accepted", providerId: null }))),
      );
    },
  };
  const connections = [connect(), connect()] as const;
  const [blocking, queueRedis] = connections;
  const { wakeUps, storms, retries } = rebuilding;
  const stream = openEventStream({ blocking, plain: services.redis }, "alive");
  const deliveries = test.deliveryOf(channel, { wakeUps });
  const ownDeliveries = createOwnDeliveries(deliveries, 5);
  const consumer = consumeEvents({
    ...{ ...pipeline, stream, ownDeliveries, wakeUps, storms, retries, metrics: { batchProcessed() {} } },
  });
  const pusher = {} as Pusher;
  const workers = [
    startDeliveryWorker({ ...deliveries, pusher }, queueRedis, 5),
    startRetryWorker(services, queueRedis),
    startStormWorker({ ...pipeline, wakeUps, storms }, queueRedis),
  ];
  return {
    messages,
    async stop() {
      await consumer.stop();
      await ownDeliveries.close();
      await Promise.all(workers.map((worker) => worker.close()));
      for (const connection of connections) connection.disconnect();
    },
  };
}

describe("rebuilding Redis", () => {
  it("after all of it was lost with work under way ends with everything done, and done once", async () => {
    const { db, pool, redis } = test.services;
    const [rule, stormy] = [
      await givenRuleFor(),
      await givenRuleFor({ stormLimit: 1, stormWindowSeconds: 60 }),
    ];
    const waiting = await rule.store(7);
    await announce(waiting);
    const dead = openEventStream({ blocking: redis, plain: redis }, "dead");
    expect(await dead.readUnfinished(1)).toEqual([]);
    expect(await dead.readNew(3, 1)).toHaveLength(3);
    const [failedNow = "", failedLater = ""] = await rule.store(2);
    await pool.query("UPDATE event SET status = 'failed', attempts = 1, nextAttemptAt = ? WHERE id = ?", [
      ...[new Date(0), failedNow],
    ]);
    await pool.query(
      `UPDATE event SET status = 'failed', attempts = 1, nextAttemptAt = UTC_TIMESTAMP(3) + INTERVAL 2 SECOND
        WHERE id = ?`,
      [failedLater],
    );
    const { dueNotificationIds } = await processNow(await rule.store(2));
    const [undelivered = "", over = ""] = dueNotificationIds;
    await acknowledgeNotification(author, { id: over });
    await processNow(await stormy.store(5));
    await pool.query("UPDATE rule_gate SET nextDigestAt = UTC_TIMESTAMP(3) WHERE ruleId = ?", [
      stormy.ruleId,
    ]);

    await redis.flushdb();
    const counts = await rebuild();
    expect(counts).toMatchObject({ events: 8, retries: 1, withdrawals: 1, "storm summaries": 1 });
    const worker = startWorker();
    try {
      await eventually(
        async () => {
          const open = await db.event.count({ where: { status: { not: "processed" } } });
          const due = await db.notification.count({
            where: { OR: [{ deliveryDueAt: { not: null } }, { withdrawDueAt: { not: null } }] },
          });
          const summaries = await db.notification.count({
            where: { ruleId: stormy.ruleId, kind: "digest" },
          });
          expect({ open, due, summaries }).toEqual({ open: 0, due: 0, summaries: 1 });
        },
        { timeoutMs: 15_000 },
      );
    } finally {
      await worker.stop();
    }
    const alerts = await db.notification.findMany({ where: { ruleId: rule.ruleId } });
    expect(alerts).toHaveLength(11);
    expect(new Set(alerts.map(({ eventId }) => eventId)).size).toBe(11);
    const told = worker.messages.flatMap((message) =>
      message.type === "alert" ? [message.notification.notificationId] : [],
    );
    expect(told.toSorted()).toEqual([...new Set(told)].toSorted());
    expect(told).toContain(undelivered);
    expect(await readStreamState(redis)).toMatchObject({ length: 0, pending: 0 });
  });

  it("adds nothing that is there: not the second time, and not where nothing was lost", async () => {
    const { pool, redis } = test.services;
    const { store } = await givenRuleFor();
    const ids = await store(1200);
    await announce(ids.slice(0, 500));
    const [failed = ""] = ids.slice(-1);
    await pool.query(
      `UPDATE event SET status = 'failed', nextAttemptAt = UTC_TIMESTAMP(3) + INTERVAL 1 HOUR WHERE id = ?`,
      [failed],
    );
    const { dueNotificationIds } = await processNow(await store(3));
    for (const platform of ["fcm", "apns"]) {
      await pool.query(
        `INSERT INTO push_delivery (notificationId, deviceId, userId, platform, dueAt)
         VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))`,
        [dueNotificationIds[0], newId(), newId(), platform],
      );
    }
    const counts = await rebuild();
    expect(counts).toMatchObject({ events: 699, retries: 1, deliveries: 3 });
    expect(counts).toMatchObject({ "fcm pushes": 1, "apns pushes": 1 });
    const [length, jobs] = [await redis.xlen(eventStreamKey), await countAllJobs()];
    expect(length).toBe(1199);
    expect(jobs).toMatchObject({ "event-processing-queue": 1, "bucket-monitoring-queue": 1 });
    expect(jobs).toMatchObject({ "notification-delivery-queue": 1, "push-notification-queue": 2 });
    expect(await rebuild()).toMatchObject({ events: 0 });
    expect([await redis.xlen(eventStreamKey), await countAllJobs()]).toEqual([length, jobs]);
  });

  it("fails where Redis is away, and does not claim to have put anything back", async () => {
    const gone = connect();
    gone.disconnect();
    const broken = openRebuild({ pool: test.services.pool, redis: gone }, 60);
    await expect(rebuildRedis(broken, () => undefined)).rejects.toThrow(/Connection is closed|closed/);
  });
});
