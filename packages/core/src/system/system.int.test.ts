import { eventConsumerGroup, eventStreamKey } from "@tocsin/contracts/stream";
import { newId } from "@tocsin/db/ids";
import { createPool } from "@tocsin/db/pool";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { findOverdueWork, overdueSeconds, overdueSteps, type OverdueStep } from "./find-overdue-work.ts";
import { readStatus } from "./read-status.ts";
import { readStreamState } from "./read-stream-state.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let userId: string;
let ruleId: string;

beforeAll(async () => {
  test = await createTestServices();
  userId = await givenUser(test.services.db, [await givenRole(test.services.db, "Operator")]);
  const rule = await givenRule(test.contextOf(actorOf(userId)), {
    condition: 'event.type == "x"',
    targetRoles: ["Operator"],
  });
  ruleId = rule.id;
});

afterAll(() => test.close());

async function givenEvent(): Promise<string> {
  const event = prepareEvent({ type: "x", source: "test", payload: {}, action: "trigger" }, null);
  await insertEvents(test.services.pool, [event]);
  return event.id;
}

async function givenNotification(): Promise<string> {
  const id = newId();
  await test.services.db.notification.create({
    data: {
      ...{ id, ruleId, kind: "alert", sourceKey: id, title: "t", message: "m", priority: 3, ruleVersion: 1 },
      createdAt: new Date(),
    },
  });
  return id;
}

describe("the audit of overdue work", () => {
  /** Puts something on each step, due since so many seconds. */
  const due: Record<OverdueStep, (seconds: number) => Promise<string>> = {
    process: async (seconds) => {
      const id = await givenEvent();
      await set("UPDATE event SET receivedAt = UTC_TIMESTAMP(3) - INTERVAL ? SECOND WHERE id = ?", [
        seconds,
        id,
      ]);
      return id;
    },
    retry: async (seconds) => {
      const id = await givenEvent();
      await set(
        "UPDATE event SET status = 'failed', nextAttemptAt = UTC_TIMESTAMP(3) - INTERVAL ? SECOND WHERE id = ?",
        [seconds, id],
      );
      return id;
    },
    fanout: (seconds) => dueNotification("fanoutDueAt", seconds),
    deliver: (seconds) => dueNotification("deliveryDueAt", seconds),
    push: async (seconds) => {
      const id = newId();
      await set(
        `INSERT INTO push_delivery (notificationId, deviceId, userId, platform, dueAt)
         VALUES (?, ?, ?, 'fcm', UTC_TIMESTAMP(3) - INTERVAL ? SECOND)`,
        [id, newId(), userId, seconds],
      );
      return id;
    },
    tell: (seconds) => dueNotification("tellDueAt", seconds),
    withdraw: (seconds) => dueNotification("withdrawDueAt", seconds),
    summarise: async (seconds) => {
      const id = await givenUser(test.services.db, []);
      await set(
        "UPDATE user_inbox SET summaryDueAt = UTC_TIMESTAMP(3) - INTERVAL ? SECOND WHERE userId = ?",
        [seconds, id],
      );
      return id;
    },
    escalate: (seconds) => dueNotification("nextEscalationAt", seconds),
    digest: async (seconds) => {
      await set("UPDATE rule_gate SET nextDigestAt = UTC_TIMESTAMP(3) - INTERVAL ? SECOND WHERE ruleId = ?", [
        seconds,
        ruleId,
      ]);
      return ruleId;
    },
  };

  async function dueNotification(column: string, seconds: number): Promise<string> {
    const id = await givenNotification();
    await set(`UPDATE notification SET ${column} = UTC_TIMESTAMP(3) - INTERVAL ? SECOND WHERE id = ?`, [
      seconds,
      id,
    ]);
    return id;
  }

  const set = (sql: string, values: unknown[]) => test.services.pool.query(sql, values);
  const overdueAt = async (step: OverdueStep) =>
    (await findOverdueWork(test.services.pool)).find((work) => work.step === step);

  it("counts nothing where all is well", async () => {
    const audit = await findOverdueWork(test.services.pool);
    expect(audit).toEqual(overdueSteps.map((step) => ({ step, count: 0, oldestId: null, since: null })));
  });

  it.each(overdueSteps)("finds what is overdue on the step %s and names the oldest", async (step) => {
    await due[step](overdueSeconds - 20);
    expect(await overdueAt(step)).toMatchObject({ count: 0, oldestId: null });
    const ids = [await due[step](overdueSeconds + 10), await due[step](overdueSeconds + 20)];
    expect(await overdueAt(step)).toMatchObject({
      count: new Set(ids).size,
      oldestId: ids[1],
      since: expect.any(Date),
    });
  });
});

describe("the state of the stream", () => {
  it("is empty where there is no stream yet, and tells what waits and who holds what", async () => {
    const { redis } = test.services;
    await redis.del(eventStreamKey);
    expect(await readStreamState(redis)).toEqual({
      ...{ length: 0, lag: 0, pending: 0, oldestSeconds: 0, workers: [] },
    });
    await redis.xgroup("CREATE", eventStreamKey, eventConsumerGroup, "0", "MKSTREAM");
    for (const _ of [1, 2, 3]) await redis.xadd(eventStreamKey, "*", "event", "{}");
    await redis.xreadgroup("GROUP", eventConsumerGroup, "w1", "COUNT", 2, "STREAMS", eventStreamKey, ">");
    expect(await readStreamState(redis)).toMatchObject({
      length: 3,
      lag: 1,
      pending: 2,
      workers: [{ name: "w1", pending: 2 }],
    });
  });
});

describe("the status", () => {
  it("tells which part is away, and of what is known, all the same", async () => {
    const ctx = test.contextOf(actorOf(userId));
    const pool = createPool({ url: "mysql://nobody@127.0.0.1:1/none", acquireTimeout: 200 });
    const redis = new Redis("redis://127.0.0.1:1", { lazyConnect: true, enableOfflineQueue: false });
    redis.on("error", () => {});
    try {
      const withoutRedis = await readStatus({ ...ctx, redis });
      expect(withoutRedis).toMatchObject({
        status: "degraded",
        parts: { mysql: { status: "ok" }, redis: { status: "failed" } },
        servers: { database: { engine: expect.stringMatching(/^(mysql|mariadb)$/) }, redis: null },
        stream: null,
      });
      const withoutMysql = await readStatus({ ...ctx, pool });
      expect(withoutMysql).toMatchObject({
        status: "down",
        parts: { mysql: { status: "failed" }, redis: { status: "ok" } },
        servers: { database: null, redis: { version: expect.stringMatching(/^\d+\.\d+/) } },
        overdue: null,
      });
    } finally {
      redis.disconnect();
      await pool.close();
    }
  });
});
