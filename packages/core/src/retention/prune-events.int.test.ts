import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { readPlan } from "@tocsin/db/testing/query-plan";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { givenAlert } from "../testing/given-alert.ts";
import { columnOf, givenPastEvent, givenRow, pastId } from "../testing/given-past.ts";
import { createTestServices } from "../testing/test-services.ts";
import { countPrunableEvents, prunableEventsSql, pruneEvents } from "./prune-events.ts";
import type { Pruning } from "./prune-in-steps.ts";

const before = new Date("2026-03-01T00:00:00.000Z");
const justBefore = new Date(before.getTime() - 1);
const longBefore = new Date("2025-01-01T00:00:00.000Z");

let test: Awaited<ReturnType<typeof createTestServices>>;
let pool: Pool;
let pruning: Pruning;

beforeAll(async () => {
  test = await createTestServices();
  ({ pool } = test.services);
  pruning = { pool, signal: new AbortController().signal, pauseMs: 0 };
});

afterAll(() => test.close());

beforeEach(async () => {
  for (const table of ["decision_log", "dead_letter", "event"]) await pool.query(`DELETE FROM ${table}`);
});

const eventIds = () => columnOf(pool, "event", "id");

async function givenDeadEvent(letter: "open" | "redriven" | "discarded"): Promise<string> {
  const eventId = await givenPastEvent(pool, longBefore, { status: "dead" });
  await givenRow(pool, "dead_letter", {
    ...{ id: pastId(longBefore), eventId, error: "e", attempts: 8, status: letter },
    ...{ createdAt: longBefore, closedAt: letter === "open" ? null : longBefore },
  });
  return eventId;
}

describe("pruning events", () => {
  it("takes what was received before a time, to the millisecond, with all decisions, and nothing else", async () => {
    const [first, last] = [await givenPastEvent(pool, longBefore), await givenPastEvent(pool, justBefore)];
    const kept = await givenPastEvent(pool, before);
    for (const eventId of [first, last, kept]) {
      for (const ruleId of [newId(), newId()]) {
        const decision = { ruleVersion: 1, outcome: "alerted", reason: "new_alert", decidedAt: longBefore };
        await givenRow(pool, "decision_log", { eventId, ruleId, ...decision });
      }
    }
    expect(await countPrunableEvents(pool, before)).toBe(2);
    expect(await pruneEvents(pruning, before)).toBe(2);
    expect(await eventIds()).toEqual([kept]);
    expect(await columnOf(pool, "decision_log", "eventId")).toEqual([kept, kept]);
    expect(await pruneEvents(pruning, before)).toBe(0);
  });

  it("goes by when an event was received, not by an id that its sender chose", async () => {
    const low = await givenPastEvent(pool, before, { id: "00000000-0000-4000-8000-000000000000" });
    await givenPastEvent(pool, justBefore, { id: "ffffffff-ffff-4fff-bfff-ffffffffffff" });
    expect(await pruneEvents(pruning, before)).toBe(1);
    expect(await eventIds()).toEqual([low]);
  });

  it("never takes an event that is not processed, however old, nor one in an open dead letter", async () => {
    const kept = [
      await givenPastEvent(pool, longBefore, { status: "received" }),
      await givenPastEvent(pool, longBefore, { status: "failed", nextAttemptAt: longBefore }),
      await givenDeadEvent("open"),
    ];
    await givenDeadEvent("discarded");
    expect(await countPrunableEvents(pool, before)).toBe(1);
    expect(await pruneEvents(pruning, before)).toBe(1);
    expect(await eventIds()).toEqual(kept.toSorted());
  });

  it("leaves an event's alert, which then has no event", async () => {
    const { services, contextOf } = test;
    const person = contextOf(
      actorOf(await givenUser(services.db, [await givenRole(services.db, "Operator")])),
    );
    const rule = await givenRule(person, { condition: 'event.type == "x"', targetRoles: ["Operator"] });
    const eventId = await givenPastEvent(pool, longBefore);
    const id = await givenAlert(pool, [person], { ruleId: rule.id, eventId });
    await pruneEvents(pruning, before);
    expect(await columnOf<string | null>(pool, "notification", "eventId", "id = ?", [id])).toEqual([null]);
  });

  it("takes as many steps as it needs, may be stopped between two, and may run twice at once", async () => {
    const ids = Array.from({ length: 2500 }, () => pastId(longBefore));
    await pool.insertMany(
      "INSERT INTO event (id, type, source, payload, status, bodyHash, receivedAt) VALUES (?, ?, ?, ?, ?, ?, ?)",
      ids.map((id) => [id, "x", "s", "{}", "processed", Buffer.alloc(32), longBefore]),
    );
    const stopping = new AbortController();
    const onStep = () => stopping.abort();
    expect(await pruneEvents({ ...pruning, signal: stopping.signal, onStep }, before)).toBe(1000);
    const counts = await Promise.all([pruneEvents(pruning, before), pruneEvents(pruning, before)]);
    expect(counts[0] + counts[1]).toBe(1500);
    expect(await eventIds()).toEqual([]);
  });

  it("finds them by a range of an index", async () => {
    await pool.insertMany(
      "INSERT INTO event (id, type, source, payload, status, bodyHash, receivedAt) VALUES (?, ?, ?, ?, ?, ?, ?)",
      Array.from({ length: 1000 }, (_, index) => [
        ...[newId(), "x", "s", "{}", index % 2 ? "dead" : "processed", Buffer.alloc(32), new Date()],
      ]),
    );
    // The server's figures still count rows that were just deleted, for a moment.
    await eventually(async () => {
      await pool.query("ANALYZE TABLE event");
      for (const status of ["processed", "dead"] as const) {
        const [events] = await readPlan(pool, prunableEventsSql(status), [longBefore, before]);
        expect(events).toMatchObject({ table: "event", kind: "range", sorts: false });
        expect(events).toMatchObject({ index: "event_status_receivedAt_idx" });
      }
    });
  });
});
