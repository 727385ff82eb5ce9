import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { readPlan } from "@tocsin/db/testing/query-plan";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Context, currentUserId } from "../context.ts";
import { acknowledgeNotification } from "../notifications/acknowledge-notification.ts";
import { archiveNotification } from "../notifications/archive-notification.ts";
import { deleteNotification } from "../notifications/delete-notification.ts";
import { getNotification } from "../notifications/get-notification.ts";
import { readNotification } from "../notifications/read-notification.ts";
import { syncNotifications } from "../notifications/sync-notifications.ts";
import { givenPerson, givenRuleOfAlerts } from "../testing/fixtures.ts";
import { givenAlert } from "../testing/given-alert.ts";
import { columnOf, givenRow } from "../testing/given-past.ts";
import { createTestServices } from "../testing/test-services.ts";
import type { Pruning } from "./prune-in-steps.ts";
import {
  countPrunableNotifications,
  prunableNotificationsSql,
  pruneNotifications,
} from "./prune-notifications.ts";
import { countPrunablePushes, prunablePushesSql, prunePushes } from "./prune-pushes.ts";

const over = new Date("2026-03-01T00:00:00.000Z");
const open = new Date("2026-01-01T00:00:00.000Z");
const day = 86_400_000;
const cutoffs = { over, open };
const isOver = { resolvedAt: over };

let test: Awaited<ReturnType<typeof createTestServices>>;
let pool: Pool;
let pruning: Pruning;
let ruleId: string;

beforeAll(async () => {
  test = await createTestServices();
  ({ pool } = test.services);
  pruning = { pool, signal: new AbortController().signal, pauseMs: 0 };
  ruleId = await givenRuleOfAlerts(test);
});

afterAll(() => test.close());

/** An alert of that time, delivered long since; what is not said is as it is after that. */
async function givenPast(
  people: readonly Context[],
  createdAt: Date,
  some: Record<string, unknown> = {},
): Promise<string> {
  const id = await givenAlert(pool, people, { ruleId });
  const columns = { createdAt, deliveryDueAt: null, ...some };
  await pool.query(
    `UPDATE notification SET ${Object.keys(columns)
      .map((column) => `${column} = ?`)
      .join(", ")} WHERE id = ?`,
    [...Object.values(columns), id],
  );
  return id;
}

const exists = async (id: string) =>
  (await columnOf(pool, "notification", "id", "id = ?", [id])).length === 1;
const push = (notificationId: string, some: object = {}) =>
  givenRow(pool, "push_delivery", {
    ...{ notificationId, deviceId: newId(), userId: newId(), platform: "fcm", status: "accepted" },
    ...some,
  });

/** A person's counters, as they are kept and as they would be counted now. */
async function countersOf(ctx: Context): Promise<unknown[]> {
  const userId = currentUserId(ctx);
  const [kept] = await pool.query<object[]>(
    "SELECT unread, listed, acknowledged, archived FROM user_inbox WHERE userId = ?",
    [userId],
  );
  const [counted] = await pool.query<object[]>(
    `SELECT COUNT(IF(readAt IS NULL AND archivedAt IS NULL, 1, NULL)) AS unread,
            COUNT(IF(archivedAt IS NULL, 1, NULL)) AS listed,
            COUNT(IF(acknowledgedAt IS NOT NULL AND archivedAt IS NULL, 1, NULL)) AS acknowledged,
            COUNT(archivedAt) AS archived
       FROM notification_recipient WHERE userId = ? AND deletedAt IS NULL`,
    [userId],
  );
  return [kept, counted];
}

describe("pruning notifications", () => {
  it("takes what is over and was made before a time, to the millisecond, with all that belongs to it", async () => {
    const ada = await givenPerson(test);
    const gone = await givenPast([ada], new Date(over.getTime() - 1), isOver);
    const kept = await givenPast([ada], over, isOver);
    for (const notificationId of [gone, kept]) {
      await push(notificationId);
      const at = new Date();
      await givenRow(pool, "webview_action", {
        ...{ id: newId(), notificationId, userId: newId(), action: "opened", at },
      });
      await givenRow(pool, "delivery_attempt", {
        ...{ id: newId(), notificationId, channel: "pusher", status: "accepted", attempt: 1 },
        ...{ recipientCount: 1, startedAt: at, finishedAt: at },
      });
    }
    expect(await countPrunableNotifications(pool, cutoffs)).toBe(1);
    expect(await pruneNotifications(pruning, cutoffs)).toBe(1);
    expect([await exists(gone), await exists(kept)]).toEqual([false, true]);
    for (const table of ["push_delivery", "webview_action", "delivery_attempt"]) {
      expect(await columnOf(pool, table, "notificationId")).toEqual([kept]);
    }
    await expect(getNotification(ada, { id: gone })).rejects.toMatchObject({
      code: "NOTIFICATION_NOT_FOUND",
    });
    expect(await getNotification(ada, { id: kept })).toMatchObject({ id: kept });
    expect(await pruneNotifications(pruning, cutoffs)).toBe(0);
  });

  it("never takes an open alert before its own time, and none at all where there is no such time", async () => {
    const ada = await givenPerson(test);
    const old = await givenPast([ada], new Date(open.getTime() - 1));
    const young = await givenPast([ada], open);
    expect(await pruneNotifications(pruning, { over, open: null })).toBe(0);
    expect(await pruneNotifications(pruning, cutoffs)).toBe(1);
    expect([await exists(old), await exists(young)]).toEqual([false, true]);
    await acknowledgeNotification(ada, { id: young });
    await pool.query("UPDATE notification SET withdrawDueAt = NULL, tellDueAt = NULL WHERE id = ?", [young]);
    expect(await pruneNotifications(pruning, cutoffs)).toBe(1);
  });

  it("never takes one that something is still to be done for", async () => {
    const ada = await givenPerson(test);
    const at = new Date(open.getTime() - day);
    const due = ["deliveryDueAt", "fanoutDueAt", "nextEscalationAt", "withdrawDueAt", "tellDueAt"];
    const ids = await Promise.all(
      due.map((column) => givenPast([ada], at, { ...isOver, [column]: new Date() })),
    );
    const [pushed, grouped] = [await givenPast([ada], at, isOver), await givenPast([ada], at, isOver)];
    await push(pushed, { dueAt: new Date(), status: "pending" });
    await givenRow(pool, "alert_group", {
      ...{ ruleId, groupHash: Buffer.alloc(32, 1), groupKey: "k", notificationId: grouped },
      windowEndsAt: new Date(Date.now() + day),
    });
    expect(await pruneNotifications(pruning, cutoffs)).toBe(0);
    expect(await Promise.all([...ids, pushed, grouped].map(exists))).toEqual(
      Array.from({ length: 7 }, () => true),
    );
    await pool.query("UPDATE alert_group SET windowEndsAt = ?", [over]);
    expect(await pruneNotifications(pruning, cutoffs)).toBe(1);
  });

  it("keeps the counters of every inbox right, and tells each client what is gone", async () => {
    const [ada, ben] = [await givenPerson(test), await givenPerson(test)];
    const past = await Promise.all(
      Array.from({ length: 6 }, () => givenPast([ada, ben], new Date(over.getTime() - day), isOver)),
    );
    const [read, archived, acknowledged, deleted] = past.map((id) => ({ id }));
    const kept = await givenPast([ada, ben], over, isOver);
    if (!read || !archived || !acknowledged || !deleted) throw new Error("Too few alerts");
    await readNotification(ada, read);
    await archiveNotification(ada, archived);
    await acknowledgeNotification(ada, acknowledged);
    await pool.query("UPDATE notification SET withdrawDueAt = NULL, tellDueAt = NULL WHERE id = ?", [
      acknowledged.id,
    ]);
    await deleteNotification(ada, deleted);
    const { next } = await syncNotifications(ada, { after: 0, limit: 200 });
    expect(await pruneNotifications(pruning, cutoffs)).toBe(6);
    for (const person of [ada, ben]) {
      const [counters, counted] = await countersOf(person);
      expect(counters).toEqual(counted);
      expect(counters).toMatchObject({ unread: 1, listed: 1, archived: 0 });
    }
    const { reset, changes } = await syncNotifications(ada, { after: next, limit: 200 });
    expect(reset).toBe(false);
    expect(changes.every(({ notification }) => notification === null)).toBe(true);
    expect(changes.map(({ id }) => id).toSorted()).toEqual(past.filter((id) => id !== deleted.id).toSorted());
    expect(await exists(kept)).toBe(true);
  });

  it("keeps them right while people act on what is pruned, and where two prune at once", async () => {
    const people = await Promise.all(Array.from({ length: 5 }, () => givenPerson(test)));
    const ids = await Promise.all(
      Array.from({ length: 40 }, () => givenPast(people, new Date(over.getTime() - day), isOver)),
    );
    const acts = [readNotification, archiveNotification, deleteNotification] as const;
    const act = async (): Promise<void> => {
      // No more at once than connections: the others would wait for one.
      for (const [place, id] of ids.entries()) {
        await Promise.allSettled(
          people.map(async (person, index) => acts[(place + index) % acts.length]?.(person, { id })),
        );
      }
    };
    const [counts] = await Promise.all([
      Promise.all([pruneNotifications(pruning, cutoffs), pruneNotifications(pruning, cutoffs)]),
      act(),
    ]);
    expect(counts[0] + counts[1]).toBe(40);
    for (const person of people) {
      const [counters, counted] = await countersOf(person);
      expect(counters).toEqual(counted);
      expect(counters).toEqual({ unread: 0, listed: 0, acknowledged: 0, archived: 0 });
    }
  });

  it("takes an alert of very many people in steps", async () => {
    const ada = await givenPerson(test);
    const id = await givenPast([ada], new Date(over.getTime() - day), isOver);
    const others = Array.from({ length: 2100 }, () => newId());
    await pool.insertMany(
      "INSERT INTO user (id, email, passwordHash, status, updatedAt) VALUES (?, ?, ?, ?, ?)",
      others.map((userId) => [userId, `${userId}@example.com`, "", "active", new Date()]),
    );
    await pool.insertMany(
      "INSERT INTO user_inbox (userId, lastSeq, unread, listed) VALUES (?, ?, ?, ?)",
      others.map((userId) => [userId, 1, 1, 1]),
    );
    await pool.insertMany(
      `INSERT INTO notification_recipient (userId, notificationId, seq, kind, priority, createdAt)
       VALUES (?, ?, ?, ?, ?, ?)`,
      others.map((userId) => [userId, id, 1, "alert", 3, over]),
    );
    expect(await pruneNotifications(pruning, cutoffs)).toBe(1);
    const left = await columnOf<number>(pool, "user_inbox", "SUM(unread + listed)");
    const alive = "deletedAt IS NULL AND notificationId = ?";
    expect(await columnOf(pool, "notification_recipient", "userId", alive, [id])).toEqual([]);
    expect(Number(left[0])).toBe(
      Number(
        (await columnOf<number>(pool, "notification_recipient", "COUNT(*) * 2", "deletedAt IS NULL"))[0],
      ),
    );
  });

  it("finds them, and each person's copies, by ranges of indexes", async () => {
    const ids = Array.from({ length: 500 }, () => newId());
    await pool.insertMany(
      `INSERT INTO notification (id, ruleId, kind, sourceKey, title, message, priority, ruleVersion, createdAt)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      ids.map((id) => [id, ruleId, "alert", id, "t", "m", 3, 1, new Date()]),
    );
    await pool.insertMany(
      `INSERT INTO push_delivery (notificationId, deviceId, userId, platform, status) VALUES (?, ?, ?, ?, ?)`,
      ids.map((id) => [id, newId(), newId(), "fcm", "accepted"]),
    );
    await pool.query("ANALYZE TABLE notification, push_delivery");
    const [notifications] = await readPlan(pool, prunableNotificationsSql, [new Date(0), over, open]);
    expect(notifications).toMatchObject({ table: "notification", kind: "range", sorts: false });
    expect(notifications).toMatchObject({ index: "notification_createdAt_idx" });
    const [pushes] = await readPlan(pool, prunablePushesSql, ["", ids[20]]);
    expect(pushes).toMatchObject({ table: "push_delivery", kind: "range", index: "PRIMARY", sorts: false });
  });
});

describe("pruning push deliveries", () => {
  it("takes those of that time that are done with, and none of open alerts or to be done", async () => {
    await pool.query("DELETE FROM push_delivery");
    const ada = await givenPerson(test);
    const [closed, stillOpen] = [await givenPast([ada], over, isOver), await givenPast([ada], over)];
    const gone = newId();
    for (const id of [closed, gone, stillOpen]) await push(id);
    await push(closed, { dueAt: new Date() });
    const later = new Date(Date.now() + day);
    expect(await prunePushes(pruning, over)).toBe(0);
    expect(await countPrunablePushes(pool, later)).toBe(2);
    expect(await prunePushes(pruning, later)).toBe(2);
    expect(await columnOf(pool, "push_delivery", "notificationId")).toEqual([closed, stillOpen]);
  });
});
