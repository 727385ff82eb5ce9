import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { readPlan } from "@tocsin/db/testing/query-plan";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { givenUser } from "../testing/fixtures.ts";
import { columnOf, givenRow, pastId } from "../testing/given-past.ts";
import { createTestServices } from "../testing/test-services.ts";
import type { Pruning } from "./prune-in-steps.ts";
import {
  closedDeadLetters,
  countRange,
  deleteSql,
  endedGroups,
  expiredPasswordResets,
  expiredSessions,
  pastAttempts,
  pastAudit,
  pruneRange,
  untouchedMarkers,
} from "./prune-ranges.ts";

const before = new Date("2026-03-01T00:00:00.000Z");
const justBefore = new Date(before.getTime() - 1);
const hash = () => Buffer.from(newId().replaceAll("-", "").repeat(2), "hex");

let test: Awaited<ReturnType<typeof createTestServices>>;
let pool: Pool;
let pruning: Pruning;
let userId: string;

beforeAll(async () => {
  test = await createTestServices();
  ({ pool } = test.services);
  pruning = { pool, signal: new AbortController().signal, pauseMs: 0 };
  userId = await givenUser(test.services.db, []);
});

afterAll(() => test.close());

const letter = { error: "e", attempts: 8, createdAt: justBefore };

/** Each range with the row that stands in it for a time, and the index that finds it. */
const ranges = [
  {
    range: expiredSessions(before),
    rowOf: (at: Date) => ({ id: newId(), userId, tokenHash: hash(), familyId: newId(), expiresAt: at }),
    index: "refresh_token_expiresAt_idx",
  },
  {
    range: endedGroups(before),
    rowOf: (at: Date) => ({
      ...{ ruleId: newId(), groupHash: hash(), groupKey: "k", notificationId: newId(), windowEndsAt: at },
    }),
    index: "alert_group_windowEndsAt_idx",
  },
  {
    range: untouchedMarkers(before),
    rowOf: (at: Date) => ({ keyHash: hash(), source: "s", dedupKey: "k", touchedAt: at }),
    index: "dedup_marker_touchedAt_idx",
  },
  {
    range: closedDeadLetters(before),
    rowOf: (at: Date) => ({
      id: pastId(new Date(at.getTime() - 5)),
      ...letter,
      status: "redriven",
      closedAt: at,
    }),
    index: "PRIMARY",
  },
  {
    range: pastAttempts(before),
    rowOf: (at: Date) => ({
      ...{ id: newId(), notificationId: pastId(at), channel: "pusher", status: "accepted" },
      ...{ attempt: 1, recipientCount: 1, startedAt: at, finishedAt: at },
    }),
    index: "delivery_attempt_notificationId_startedAt_idx",
  },
  {
    range: pastAudit(before),
    rowOf: (at: Date) => ({
      ...{ id: newId(), action: "a", actorType: "system", resourceType: "rule", timestamp: at },
    }),
    index: "audit_log_timestamp_idx",
  },
];

describe.each(ranges)("pruning $range.table ($range.where)", ({ range, rowOf, index }) => {
  const stateOf = async () => columnOf<number>(pool, range.table, "COUNT(*)");

  it("takes what is before a time, to the millisecond, and nothing the second time", async () => {
    await givenRow(pool, range.table, rowOf(justBefore));
    await givenRow(pool, range.table, rowOf(justBefore));
    const [both] = await stateOf();
    await givenRow(pool, range.table, rowOf(before));
    expect(await countRange(pool, range)).toBe(2);
    expect(await pruneRange(pruning, range)).toBe(2);
    expect(await stateOf()).toEqual([Number(both) - 1]);
    expect(await pruneRange(pruning, range)).toBe(0);
  });

  it("finds it by a range of an index, in its order, without sorting", async () => {
    const young = Array.from({ length: 300 }, (_, second) =>
      rowOf(new Date(before.getTime() + second * 1000)),
    );
    const columns = Object.keys(young[0] ?? {});
    await pool.insertMany(
      `INSERT INTO ${range.table} (${columns.join(", ")}) VALUES (${placeholders(columns)})`,
      young.map((row) => Object.values(row)),
    );
    await pool.query(`ANALYZE TABLE ${range.table}`);
    expect(await readPlan(pool, deleteSql(range), range.values)).toMatchObject([
      { table: range.table, kind: "range", index, sorts: false },
    ]);
  });
});

describe("pruning", () => {
  it("never takes an open dead letter", async () => {
    await givenRow(pool, "dead_letter", { id: pastId(new Date(1)), ...letter, createdAt: new Date(1) });
    await pruneRange(pruning, closedDeadLetters(before));
    expect(await columnOf<number>(pool, "dead_letter", "COUNT(*)", "status = 'open'")).toEqual([1]);
  });

  it("takes password resets that expired", async () => {
    for (const expiresAt of [justBefore, before]) {
      await givenRow(pool, "password_reset", {
        ...{
          id: pastId(new Date(expiresAt.getTime() - 86_400_000)),
          userId: await givenUser(test.services.db, []),
        },
        ...{ tokenHash: hash(), expiresAt, createdBy: userId },
      });
    }
    expect(await pruneRange(pruning, expiredPasswordResets(before))).toBe(1);
    expect(await columnOf<Date>(pool, "password_reset", "expiresAt")).toEqual([before]);
  });

  it("takes thousands of rows in steps, and none twice where two are at it", async () => {
    const at = new Date("2020-01-01T00:00:00.000Z");
    await pool.insertMany(
      "INSERT INTO audit_log (id, action, actorType, resourceType, timestamp) VALUES (?, ?, ?, ?, ?)",
      Array.from({ length: 2500 }, () => [newId(), "a", "system", "rule", at]),
    );
    const steps: number[] = [];
    const range = pastAudit(new Date("2021-01-01T00:00:00.000Z"));
    const counts = await Promise.all([
      pruneRange({ ...pruning, onStep: (rows) => void steps.push(rows) }, range),
      pruneRange(pruning, range),
    ]);
    expect(counts[0] + counts[1]).toBe(2500);
    expect(Math.max(...steps)).toBeLessThanOrEqual(1000);
  });
});
