import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { acknowledgeNotification } from "../notifications/acknowledge-notification.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { givenAlert } from "../testing/given-alert.ts";
import { createTestServices } from "../testing/test-services.ts";
import { fanOutDue } from "./fan-out-due.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ada: Context;
let ruleId: string;
const people: string[] = [];

/** One part of a thousand people, another one, and one with a single person. */
const many = 2001;

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  const role = await givenRole(db, "Operator");
  ada = test.contextOf(actorOf(await givenUser(db, [role])));
  ({ id: ruleId } = await givenRule(ada, { condition: "event.a == 1", targetRoles: ["Operator"] }));
  people.push(...Array.from({ length: many }, () => newId()));
  await db.user.createMany({
    data: people.map((id) => ({ id, email: `${id}@example.com`, passwordHash: "", status: "active" })),
  });
  await db.userInbox.createMany({ data: people.map((userId) => ({ userId })) });
});

afterAll(() => test.close());

const alert = (count: number, some: object = {}) =>
  givenAlert(test.services.pool, [], { ruleId, recipients: people.slice(0, count), ...some });

async function stateOf(id: string) {
  const { db } = test.services;
  const [notification, copies, parts] = await Promise.all([
    db.notification.findUniqueOrThrow({ where: { id } }),
    db.notificationRecipient.findMany({ where: { notificationId: id }, orderBy: { userId: "asc" } }),
    db.fanoutPart.count({ where: { notificationId: id } }),
  ]);
  return {
    userIds: copies.map(({ userId }) => userId),
    parts,
    isFanoutDue: notification.fanoutDueAt !== null,
    isDeliveryDue: notification.deliveryDueAt !== null,
    after: notification.fanoutAfterUserId,
  };
}

const everyone = () => people.toSorted();

/** What its last transaction meets with. */
const died = Object.assign(new Error("The worker died"), { code: "ECONNRESET" });

/**
 * A pool whose connection breaks in the transaction of the n-th part, before its commit. The first one takes the lease.
 * @param isLast nothing gets through any more: the worker died
 */
function breakingPool(pool: Pool, breakingPart: number, isLast: boolean): Pool {
  let transactions = 0;
  const isDead = () => isLast && transactions > breakingPart;
  return {
    ...pool,
    query: async (sql, values) => {
      if (isDead()) throw died;
      return pool.query(sql, values);
    },
    transaction: (isolation, work) =>
      pool.transaction(isolation, async (connection) => {
        if (isDead()) throw died;
        const result = await work(connection);
        transactions += 1;
        if (transactions === breakingPart + 1) throw died;
        return result;
      }),
  };
}

const dyingPool = (pool: Pool, part: number) => breakingPool(pool, part, true);

/** As if the lease of the worker that died had run out. */
const endLease = (id: string) =>
  test.services.pool.query("UPDATE notification SET fanoutDueAt = UTC_TIMESTAMP(3) WHERE id = ?", [id]);

/** One pass: the notifications that all have after it. */
async function finishedBy(pool: Pool): Promise<string[]> {
  const ids: string[] = [];
  for await (const id of fanOutDue(pool)) ids.push(id);
  return ids;
}

it("an alert to 2,000 people is in all inboxes at once", async () => {
  const id = await alert(2000);
  const state = await stateOf(id);
  expect(state).toMatchObject({ parts: 0, isFanoutDue: false, isDeliveryDue: true });
  expect(state.userIds).toEqual(people.slice(0, 2000).toSorted());
  expect(await finishedBy(test.services.pool)).toEqual([]);
});

it("an alert to 2,001 people follows in parts, and is delivered once all have it", async () => {
  const id = await alert(many);
  expect(await stateOf(id)).toMatchObject({ userIds: [], parts: 3, isFanoutDue: true, isDeliveryDue: false });
  const { db, pool } = test.services;
  const before = await db.userInbox.findMany({ where: { userId: { in: people } } });
  expect(await finishedBy(pool)).toEqual([id]);
  const state = await stateOf(id);
  expect(state).toMatchObject({
    parts: 0,
    isFanoutDue: false,
    isDeliveryDue: true,
    after: everyone().at(-1),
  });
  expect(state.userIds).toEqual(everyone());
  const after = await db.userInbox.findMany({ where: { userId: { in: people } } });
  const unread = (rows: typeof before) => rows.reduce((sum, row) => sum + row.unread, 0);
  expect(unread(after) - unread(before)).toBe(many);
  expect(await finishedBy(pool)).toEqual([]);
});

it.each([1, 2, 3])(
  "a worker that dies in part %i leaves the rest to the next one, nothing twice",
  async (part) => {
    const id = await alert(many);
    const { pool } = test.services;
    await expect(finishedBy(dyingPool(pool, part))).rejects.toThrow("The worker died");
    const between = await stateOf(id);
    expect(between).toMatchObject({ parts: 4 - part, isFanoutDue: true, isDeliveryDue: false });
    expect(between.userIds).toEqual(everyone().slice(0, (part - 1) * 1000));
    expect(await finishedBy(pool)).toEqual([]);
    await endLease(id);
    expect(await finishedBy(pool)).toEqual([id]);
    expect((await stateOf(id)).userIds).toEqual(everyone());
  },
);

it("two workers at once write each copy once", async () => {
  const id = await alert(many);
  const { pool } = test.services;
  const [first, second] = [finishedBy(pool), endLease(id).then(() => finishedBy(pool))];
  const finished = [...(await first), ...(await second)];
  expect(finished).toEqual([id]);
  expect(await stateOf(id)).toMatchObject({ userIds: everyone(), parts: 0, isDeliveryDue: true });
});

it("two workers at different alerts to the same people are in each other's way without a deadlock", async () => {
  const ids = await Promise.all(Array.from({ length: 4 }, () => alert(many)));
  const errors: unknown[] = [];
  const { pool } = test.services;
  const watched: Pool = {
    ...pool,
    transaction: (isolation, work) =>
      pool.transaction(isolation, work).catch((error: unknown) => {
        errors.push(error);
        throw error;
      }),
  };
  const first = finishedBy(watched);
  await Promise.all(ids.slice(2).map(endLease));
  const finished = [...(await finishedBy(watched)), ...(await first)];
  expect(finished.toSorted()).toEqual(ids.toSorted());
  expect(errors).toEqual([]);
  for (const id of ids) expect((await stateOf(id)).userIds).toEqual(everyone());
});

it("what a worker took on and cannot write is left to others at once", async () => {
  const id = await alert(many);
  const { pool } = test.services;
  await expect(finishedBy(breakingPool(pool, 1, false))).rejects.toThrow(died);
  expect(await finishedBy(pool)).toEqual([id]);
});

it("alerts to the same people count in each inbox, under change numbers of their own", async () => {
  const ids = [await alert(many), await alert(many), await alert(many)];
  const { db, pool } = test.services;
  const before = await db.userInbox.findMany({
    where: { userId: { in: people } },
    orderBy: { userId: "asc" },
  });
  expect((await finishedBy(pool)).toSorted()).toEqual(ids.toSorted());
  const after = await db.userInbox.findMany({
    where: { userId: { in: people } },
    orderBy: { userId: "asc" },
  });
  expect(after.map(({ unread, lastSeq }) => [unread, lastSeq])).toEqual(
    before.map(({ unread, lastSeq }) => [unread + 3, lastSeq + 3n]),
  );
  for (const id of ids) expect(await stateOf(id)).toMatchObject({ userIds: everyone(), isDeliveryDue: true });
});

it("an alert whose copies cannot be written holds up no other", async () => {
  const [broken, good] = [await alert(many), await alert(many)];
  const { pool } = test.services;
  await pool.query("UPDATE fanout_part SET userIds = JSON_ARRAY(REPEAT('x', 50)) WHERE notificationId = ?", [
    broken,
  ]);
  const finished: string[] = [];
  const pass = async () => {
    for await (const id of fanOutDue(pool)) finished.push(id);
  };
  await expect(pass()).rejects.toThrow(broken);
  expect(finished).toEqual([good]);
  expect(await stateOf(broken)).toMatchObject({ userIds: [], isFanoutDue: true, isDeliveryDue: false });
  await pool.query("DELETE FROM fanout_part WHERE notificationId = ?", [broken]);
});

it("who got the alert in another way meanwhile gets no second copy", async () => {
  const id = await alert(many);
  const { pool } = test.services;
  const [someone = ""] = everyone();
  await pool.query(
    "INSERT INTO notification_recipient (userId, notificationId, seq, ruleId, kind, priority, createdAt) VALUES (?, ?, 1000000, ?, 'alert', 3, UTC_TIMESTAMP(3))",
    [someone, id, ruleId],
  );
  expect(await finishedBy(pool)).toEqual([id]);
  expect((await stateOf(id)).userIds).toEqual(everyone());
});

it("an alert that is acknowledged between two parts reaches every inbox and interrupts nobody", async () => {
  const id = await alert(many);
  const { pool } = test.services;
  await expect(finishedBy(dyingPool(pool, 2))).rejects.toThrow("The worker died");
  await acknowledgeNotification(test.contextOf(actorOf(everyone()[0] ?? "")), { id });
  await endLease(id);
  await finishedBy(pool);
  expect(await stateOf(id)).toMatchObject({ userIds: everyone(), isFanoutDue: false, isDeliveryDue: false });
});

it("an alert that waits for everyone is not over while some are still to get it", async () => {
  const id = await alert(many, { ackPolicy: "all" });
  const { pool, db } = test.services;
  await expect(finishedBy(dyingPool(pool, 2))).rejects.toThrow("The worker died");
  const [last = "", ...others] = (await stateOf(id)).userIds;
  await db.notificationRecipient.updateMany({
    where: { notificationId: id, userId: { in: others } },
    data: { acknowledgedAt: new Date() },
  });
  await acknowledgeNotification(test.contextOf(actorOf(last)), { id });
  const { acknowledgedAt } = await db.notification.findUniqueOrThrow({ where: { id } });
  expect(acknowledgedAt).toBeNull();
});
