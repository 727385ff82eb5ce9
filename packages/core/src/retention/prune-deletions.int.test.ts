import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { readPlan } from "@tocsin/db/testing/query-plan";
import { countRowsRead } from "@tocsin/db/testing/rows-read";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Context, currentUserId } from "../context.ts";
import { deleteNotification } from "../notifications/delete-notification.ts";
import { readNotification } from "../notifications/read-notification.ts";
import { syncNotifications } from "../notifications/sync-notifications.ts";
import { givenPerson, givenRuleOfAlerts } from "../testing/fixtures.ts";
import { givenAlert } from "../testing/given-alert.ts";
import { columnOf } from "../testing/given-past.ts";
import { createTestServices } from "../testing/test-services.ts";
import { countDeletions, forgettingInboxesSql, oldestChangesSql, pruneDeletions } from "./prune-deletions.ts";
import type { Pruning } from "./prune-in-steps.ts";

const before = new Date("2026-03-01T00:00:00.000Z");
const justBefore = new Date(before.getTime() - 1);

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

/** Somebody with alerts of the change numbers 1, 2, 3 … */
async function givenPersonWith(count: number): Promise<{ person: Context; ids: string[] }> {
  const person = await givenPerson(test);
  const ids: string[] = [];
  for (let place = 0; place < count; place += 1) ids.push(await givenAlert(pool, [person], { ruleId }));
  return { person, ids };
}

async function deleteAt(person: Context, ids: readonly string[], at: Date): Promise<void> {
  for (const id of ids) {
    await deleteNotification(person, { id });
    await pool.query("UPDATE notification_recipient SET deletedAt = ? WHERE notificationId = ?", [at, id]);
  }
}

const numbersOf = (person: Context) =>
  columnOf<number>(pool, "notification_recipient", "seq", "userId = ?", [currentUserId(person)]);

/** What a client holds that syncs until there is no more; begins anew where it is told to. */
async function syncFrom(person: Context, start: number): Promise<{ ids: string[]; resets: number }> {
  const held = new Set<string>();
  let after = start;
  let resets = 0;
  for (;;) {
    const { reset, changes, next, more } = await syncNotifications(person, { after, limit: 1 });
    if (reset) {
      held.clear();
      resets += 1;
    }
    for (const { id, notification } of changes) {
      if (notification) held.add(id);
      else held.delete(id);
    }
    after = next;
    if (!more && !reset) return { ids: [...held].toSorted(), resets };
  }
}

describe("forgetting what was deleted", () => {
  it("forgets what was deleted before a time, to the millisecond", async () => {
    const { person, ids } = await givenPersonWith(3);
    await deleteAt(person, ids.slice(0, 2), justBefore);
    await deleteAt(person, ids.slice(2), before);
    expect(await countDeletions(pool, before)).toBe(2);
    expect(await pruneDeletions(pruning, before)).toBe(2);
    expect(await numbersOf(person)).toEqual([6]);
    expect(await pruneDeletions(pruning, before)).toBe(0);
  });

  it("keeps what came after a notification that is still there, so that every number left is a higher one", async () => {
    const { person, ids } = await givenPersonWith(4);
    const [first, second, ...others] = ids;
    await deleteAt(person, [String(first)], justBefore);
    await readNotification(person, { id: String(second) });
    await deleteAt(person, others, justBefore);
    expect(await countDeletions(pool, before)).toBe(1);
    expect(await pruneDeletions(pruning, before)).toBe(1);
    expect(await numbersOf(person)).toEqual([6, 7, 8]);
  });

  it("tells a client that may have missed one to begin anew, and nobody else", async () => {
    const { person, ids } = await givenPersonWith(6);
    await deleteAt(person, ids.slice(0, 2), justBefore);
    await Promise.all(ids.slice(2).map((id) => readNotification(person, { id })));
    expect(await pruneDeletions(pruning, before)).toBe(2);
    const kept = ids.slice(2).toSorted();
    const askFrom = async (after: number) => (await syncNotifications(person, { after, limit: 200 })).reset;
    expect(await Promise.all([0, 1, 7, 8, 9, 12, 13].map(askFrom))).toEqual([
      ...[false, true, true, false, false, false, true],
    ]);
    expect(await syncFrom(person, 1)).toEqual({ ids: kept, resets: 1 });
    expect(await syncFrom(person, 0)).toEqual({ ids: kept, resets: 0 });
    expect(await syncFrom(person, 8)).toEqual({ ids: kept, resets: 0 });
  });

  it("looks at the beginning of each inbox only", async () => {
    const { person } = await givenPersonWith(0);
    await pool.insertMany(
      `INSERT INTO notification_recipient (userId, notificationId, seq, kind, priority, createdAt)
       VALUES (?, ?, ?, ?, ?, ?)`,
      Array.from({ length: 3000 }, (_, index) => [currentUserId(person), newId(), index, "alert", 3, before]),
    );
    await pool.query("ANALYZE TABLE notification_recipient");
    const { read, given } = await countRowsRead(pool, forgettingInboxesSql, [before, ""]);
    expect(given).toBeGreaterThan(1);
    expect(read).toBeLessThanOrEqual(5 * given);
    const changes = await readPlan(pool, oldestChangesSql, [currentUserId(person)]);
    expect(changes).toMatchObject([
      { kind: "lookup", index: "notification_recipient_userId_seq_key", sorts: false },
    ]);
  });
});
