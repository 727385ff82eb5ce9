import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { actorOf, givenRole, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { newestLineKey, renewSyncEpoch } from "./renew-sync-epoch.ts";
import { syncNotifications } from "./sync-notifications.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let reader: Context;

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, newId());
  reader = test.contextOf(actorOf(await givenUser(test.services.db, [role])));
});

beforeEach(async () => {
  await test.services.redis.del(newestLineKey);
  await test.services.db.auditLog.deleteMany();
});

afterAll(() => test.close());

const dayMs = 86_400_000;
const renew = (auditDays = 365) => renewSyncEpoch(test.services, { auditDays });
const sync = (epoch?: string, after = 0) => syncNotifications(reader, { after, epoch, limit: 10 });

async function givenLine(timestamp = new Date()): Promise<string> {
  const { id } = await test.services.db.auditLog.create({
    data: { id: newId(), action: "test", actorType: "system", resourceType: "test", timestamp },
  });
  return id;
}

describe("whoever syncs", () => {
  it("goes on where they are while the database goes on", async () => {
    const { epoch } = await sync();
    await givenLine();
    expect([await renew(), await renew()]).toEqual([false, false]);
    await givenLine();
    expect(await renew()).toBe(false);
    expect(await sync(epoch)).toMatchObject({ reset: false, epoch });
  });

  it("begins anew, once, after the database was put back to an earlier state", async () => {
    await givenLine(new Date(Date.now() - 60_000));
    const lost = await givenLine();
    await renew();
    const { epoch } = await sync();
    // What came after the dump is gone, and the system has gone on since.
    await test.services.db.auditLog.delete({ where: { id: lost } });
    await givenLine();
    const begun = await Promise.all([renew(), renew(), renew()]);
    expect(begun.filter(Boolean)).toHaveLength(1);
    const anew = await sync(epoch);
    expect(anew).toMatchObject({ reset: true, changes: [], next: 0 });
    expect(anew.epoch).not.toBe(epoch);
    expect(await sync(anew.epoch)).toMatchObject({ reset: false, epoch: anew.epoch });
    expect(await renew()).toBe(false);
  });

  it("is not told to begin anew where Redis has forgotten what it saw", async () => {
    await givenLine();
    await renew();
    const { epoch } = await sync();
    await test.services.redis.del(newestLineKey);
    expect(await renew()).toBe(false);
    expect(await sync(epoch)).toMatchObject({ reset: false });
  });

  it("is not told to begin anew where retention has deleted the line, and is where the log is kept for ever", async () => {
    for (const [days, hasBegun] of [
      [10, false],
      [0, true],
    ] as const) {
      await test.services.redis.del(newestLineKey);
      const old = await givenLine(new Date(Date.now() - 9.5 * dayMs));
      await renew(days);
      await test.services.db.auditLog.delete({ where: { id: old } });
      expect(await renew(days)).toBe(hasBegun);
    }
  });

  it("who does not say an epoch yet begins anew only beyond the last number", async () => {
    expect(await sync(undefined, 0)).toMatchObject({ reset: false });
    expect(await sync(undefined, 1)).toMatchObject({ reset: true });
  });
});
