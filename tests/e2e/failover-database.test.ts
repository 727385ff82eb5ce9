import { migrate } from "@tocsin/db/migrations/migrate";
import { createPool } from "@tocsin/db/pool";
import { chooseDatabase } from "@tocsin/sandbox/engines/choose-database";
import { type DatabasePair, locateDatabase, startDatabasePair } from "@tocsin/sandbox/testing/database-pair";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { testRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { logIn } from "../support/client.ts";
import { databaseKindOfTests } from "../support/own-engines.ts";
import { accounts, startSystem, type System } from "../support/system.ts";
import { sendSteadily } from "./support/send-steadily.ts";

const program = await locateDatabase(await chooseDatabase(databaseKindOfTests()));

/** Two servers are made and both apps started: on a busy machine that takes a while. */
const patience = 300_000;
const soon = { timeoutMs: 60_000 };

describe.skipIf(program === undefined)("when another database server becomes the primary", () => {
  let pair: DatabasePair;
  let started: System | undefined;

  beforeAll(async () => {
    if (!program) return;
    pair = await startDatabasePair(program);
    await migrate({ url: pair.url });
    const redis = await testRedisDatabase();
    started = await startSystem({
      databaseUrl: pair.url,
      redisUrl: redis.url,
      release: async () => {
        await redis.release();
        await pair.stop();
      },
    });
  }, patience);

  // Where the apps did not start, the servers are there all the same.
  afterAll(() => (started ? started.close() : pair.stop()), patience);

  const statusOf = async (base: string) => (await fetch(`${base}/ready`)).status;

  it("events are accepted again over connections that were kept, and none that was accepted is lost", async () => {
    if (!started) throw new Error("The apps were not started");
    const system = started;
    const manager = await logIn(system, accounts.manager.email);
    const rule = await manager.post("/api/v1/rules", {
      ...{ name: "Every order", condition: 'event.type == "order.placed"' },
      ...{ targetRoles: ["Operator"], stormLimit: 100_000 },
    });
    const sender = sendSteadily(manager, "order.placed");
    await eventually(() => expect(sender.accepted.length).toBeGreaterThan(20), soon);

    await pair.switchRoles();
    await eventually(() => expect(sender.refused()).toBeGreaterThan(0), soon);
    await eventually(async () => {
      expect([await statusOf(system.url), await statusOf(system.workerUrl)]).toEqual([503, 503]);
    }, soon);

    const [before, movedAt] = [sender.accepted.length, performance.now()];
    pair.moveAddress();
    await eventually(() => expect(sender.accepted.length).toBeGreaterThan(before), soon);
    console.log(`Accepted again ${Math.round(sender.lastAcceptedAt() - movedAt)} ms after the address moved`);
    await eventually(async () => {
      expect([await statusOf(system.url), await statusOf(system.workerUrl)]).toEqual([200, 200]);
    }, soon);
    await eventually(() => expect(sender.accepted.length).toBeGreaterThan(before + 20), soon);
    await sender.stop();

    const second = createPool({ url: pair.secondUrl, connectionLimit: 1 });
    try {
      await eventually(async () => {
        const alerts = await second.query<{ eventId: string; delivered: number }[]>(
          "SELECT eventId, delivered FROM notification WHERE ruleId = ?",
          [rule.body.id],
        );
        const delivered = alerts.filter((alert) => alert.delivered === 1).map(({ eventId }) => eventId);
        expect(delivered.toSorted()).toEqual(sender.accepted.toSorted());
      }, soon);
    } finally {
      await second.close();
    }
  }, 180_000);
});
