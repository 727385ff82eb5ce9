import { createMigratedDatabase } from "@tocsin/db/testing/migrated-database";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { locateRedis, type RedisPair, startRedisPair } from "@tocsin/sandbox/testing/redis-pair";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";
import { sendSteadily } from "./support/send-steadily.ts";

const binaries = await locateRedis();

/** Two servers and both apps are started: on a busy machine that takes a while. */
const patience = 300_000;
const soon = { timeoutMs: 60_000 };

describe.skipIf(binaries === undefined)("when another Redis becomes the primary", () => {
  let pair: RedisPair;
  let started: System | undefined;

  beforeAll(async () => {
    if (!binaries) return;
    pair = await startRedisPair(binaries);
    const database = await createMigratedDatabase();
    started = await startSystem({
      databaseUrl: database.url,
      redisUrl: pair.url,
      release: async () => {
        await database.drop();
        await pair.stop();
      },
    });
  }, patience);

  // Where the apps did not start, the servers are there all the same.
  afterAll(() => (started ? started.close() : pair.stop()), patience);

  const readinessOf = async (base: string) => {
    const answer = await fetch(`${base}/ready`);
    return { status: answer.status, body: (await answer.json()) as { checks?: { redis?: string } } };
  };

  it("events are accepted all the while, and each raises its alert over connections that were kept", async () => {
    if (!started) throw new Error("The apps were not started");
    const system = started;
    const manager = await logIn(system, accounts.manager.email);
    const rule = await manager.post("/api/v1/rules", {
      ...{ name: "Every order", condition: 'event.type == "order.placed"' },
      ...{ targetRoles: ["Operator"], stormLimit: 100_000 },
    });
    const alerts = () => system.db.notification.count({ where: { ruleId: rule.body.id, delivered: true } });
    const sender = sendSteadily(manager, "order.placed");
    await eventually(async () => expect(await alerts()).toBeGreaterThan(20), soon);

    await pair.switchRoles();
    // A Redis that takes no writes counts as one that is away: the API goes on, the worker cannot.
    await eventually(async () => {
      expect(await readinessOf(system.url)).toMatchObject({
        status: 200,
        body: { checks: { redis: "failed" } },
      });
      expect((await readinessOf(system.workerUrl)).status).toBe(503);
    }, soon);

    const [before, movedAt] = [await alerts(), performance.now()];
    pair.moveAddress();
    await eventually(async () => expect(await alerts()).toBeGreaterThan(before + 20), soon);
    console.log(`Alerted again within ${Math.round(performance.now() - movedAt)} ms after the address moved`);
    await eventually(async () => {
      expect(await readinessOf(system.url)).toMatchObject({ status: 200, body: { checks: { redis: "ok" } } });
      expect((await readinessOf(system.workerUrl)).status).toBe(200);
    }, soon);
    await sender.stop();

    expect(sender.refused()).toBe(0);
    await eventually(async () => expect(await alerts()).toBe(sender.accepted.length), { timeoutMs: 90_000 });
    // Sessions and counts of attempts are kept in Redis: logging in writes to it.
    expect((await logIn(system, accounts.operator.email)).token).not.toBe("");
  }, 240_000);
});
