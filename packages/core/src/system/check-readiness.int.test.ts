import { createPool, type Pool } from "@tocsin/db/pool";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestServices } from "../testing/test-services.ts";
import { createReadinessCheck } from "./check-readiness.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let others: Pool;

beforeAll(async () => {
  test = await createTestServices();
  others = createPool({ url: test.databaseUrl, connectionLimit: 2 });
});

afterAll(async () => {
  await others.close();
  await test.close();
});

const ready = { status: "ready", checks: { mysql: "ok", redis: "ok" } };
const withoutMysql = { status: "not_ready", checks: { mysql: "failed", redis: "ok" } };

describe("readiness", () => {
  it("is there while both take writes", async () => {
    expect(await createReadinessCheck(test.services)()).toEqual(ready);
    expect(await others.query("SELECT id FROM readiness_probe")).toEqual([{ id: 1 }]);
    expect(await test.services.redis.ttl("tocsin:readiness")).toBeGreaterThan(0);
  });

  it("is not there while the database answers and takes no writes", async () => {
    const url = new URL(test.databaseUrl);
    const [user, password] = [`r${url.pathname.slice(7, 20)}`, "reader-of-4711"];
    await others.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}'`);
    await others.query(`GRANT SELECT ON \`${url.pathname.slice(1)}\`.* TO '${user}'@'%'`);
    Object.assign(url, { username: user, password });
    url.searchParams.set("allowPublicKeyRetrieval", "true");
    const pool = createPool({ url: url.toString(), connectionLimit: 2 });
    try {
      await expect(pool.query("SELECT 1 AS one")).resolves.toEqual([{ one: 1 }]);
      expect(await createReadinessCheck({ ...test.services, pool })()).toEqual(withoutMysql);
    } finally {
      await pool.close();
      await others.query(`DROP USER '${user}'@'%'`);
    }
  });

  it("is told within its deadline while a write hangs, however many ask, at the cost of one connection", async () => {
    await createReadinessCheck(test.services)();
    const check = createReadinessCheck(test.services);
    await others.transaction("READ COMMITTED", async (connection) => {
      await connection.query("SELECT id FROM readiness_probe WHERE id = 1 FOR UPDATE");
      const asked = await Promise.all([check(), check(), check()]);
      expect(asked).toEqual([withoutMysql, withoutMysql, withoutMysql]);
      expect(await check()).toEqual(withoutMysql);
      expect(test.services.pool.usage()).toMatchObject({ active: 1, waiting: 0 });
    });
  });

  it("is not there while the last events found no room, although what is small is still written", async () => {
    const full = Object.assign(new Error("The table 'event' is full"), { errno: 1114 });
    const check = createReadinessCheck({ ...test.services, intake: { trouble: () => full } });
    expect(await check()).toEqual(withoutMysql);
  });

  it("is there without Redis, which is shown", async () => {
    const redis = test.services.redis.duplicate({ lazyConnect: true, enableOfflineQueue: false });
    redis.on("error", () => {});
    const check = createReadinessCheck({ ...test.services, redis });
    expect(await check()).toEqual({ status: "ready", checks: { mysql: "ok", redis: "failed" } });
    redis.disconnect();
  });

  it("is not there before the server was found to be of use", async () => {
    const check = createReadinessCheck({ ...test.services, isDatabaseUsable: () => false });
    expect(await check()).toEqual(withoutMysql);
  });
});
