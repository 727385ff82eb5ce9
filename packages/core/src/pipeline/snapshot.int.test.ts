import type { Pool, Queryable } from "@tocsin/db/pool";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { updateRule } from "../rules/update-rule.ts";
import { createSilence } from "../silences/create-silence.ts";
import { updateSilence } from "../silences/update-silence.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { processBatch } from "./process-batch.ts";
import { createSnapshotSource } from "./snapshot.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;
let operator: string;
let auditor: string;

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  operator = await givenUser(db, [await givenRole(db, "Operator")]);
  auditor = await givenUser(db, [await givenRole(db, "Auditor")]);
  ctx = test.contextOf(actorOf(operator));
});

afterAll(() => test.close());

/** The pool, with something that happens before each statement, inside of transactions too. */
function interrupted(pool: Pool, before: (sql: string) => Promise<void>): Pool {
  const wrap = (inner: Queryable): Queryable["query"] => {
    return async (sql, values) => {
      await before(sql);
      return inner.query(sql, values);
    };
  };
  return {
    ...pool,
    query: wrap(pool),
    transaction: (isolation, work) =>
      pool.transaction(isolation, (connection) => work({ ...connection, query: wrap(connection) })),
  };
}

it("is of one moment: a rule that changes while it is read is there as it was, whole; the next batch has the new one", async () => {
  const { id } = await givenRule(ctx, { condition: "event.a == 1", name: "Old", targetRoles: ["Operator"] });
  let changes = 0;
  const pool = interrupted(test.services.pool, async (sql) => {
    if (changes > 0 || !sql.includes("FROM rule_target_role")) return;
    changes += 1;
    await updateRule(ctx, { id, name: "New", targetRoles: ["Auditor"] });
  });
  const source = createSnapshotSource({ pool, log: test.services.log });
  const seen = [await source.current(), await source.current()].map(({ book }) => book.rules.get(id));
  expect(changes).toBe(1);
  expect(seen).toMatchObject([
    { name: "Old", version: 1, recipients: [operator] },
    { name: "New", version: 2, recipients: [auditor] },
  ]);
});

it("a change that was answered is in force for every batch that begins after it", async () => {
  const { id } = await givenRule(ctx, { condition: 'event.type == "a.edit"', targetRoles: ["Operator"] });
  const decided: number[] = [];
  for (let version = 2; version <= 20; version += 1) {
    await updateRule(ctx, { id, name: `Version ${version}` });
    const event = prepareEvent({ type: "a.edit", source: "test", payload: {}, action: "trigger" }, null);
    await insertEvents(test.services.pool, [event]);
    await processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId: event.id }]);
    const decision = await test.services.db.decisionLog.findFirstOrThrow({ where: { eventId: event.id } });
    decided.push(decision.ruleVersion);
  }
  expect(decided).toEqual(Array.from({ length: 19 }, (_, index) => index + 2));
});

/** What became of an event that came at that time and is processed now. */
async function outcomeOf(type: string, receivedAt?: Date): Promise<string[]> {
  const event = prepareEvent({ type, source: "test", payload: {}, action: "trigger" }, null);
  await insertEvents(test.services.pool, [event]);
  if (receivedAt) await ctx.db.event.update({ where: { id: event.id }, data: { receivedAt } });
  await processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId: event.id }]);
  const decisions = await ctx.db.decisionLog.findMany({ where: { eventId: event.id } });
  return decisions.map(({ outcome }) => outcome);
}

const silenceOf = (type: string) => ({
  ...{ condition: `event.type == "${type}"`, weekly: null, comment: "" },
  ...{ startsAt: "2026-01-01T00:00:00.000Z", endsAt: null as string | null },
});

it("an edited silence holds as it is now from the next batch on", async () => {
  await givenRule(ctx, { condition: 'event.type startsWith "edited."', targetRoles: ["Operator"] });
  const { id } = await createSilence(ctx, silenceOf("edited.a"));
  expect([await outcomeOf("edited.a"), await outcomeOf("edited.b")]).toEqual([["silenced"], ["alerted"]]);
  await updateSilence(ctx, { id, ...silenceOf("edited.b") });
  expect([await outcomeOf("edited.a"), await outcomeOf("edited.b")]).toEqual([["alerted"], ["silenced"]]);
});

it("a silence holds by when an event came, also where that is processed after the silence, or before it began", async () => {
  await givenRule(ctx, { condition: 'event.type startsWith "late."', targetRoles: ["Operator"] });
  const [hourAgo, minuteAgo] = [new Date(Date.now() - 3_600_000), new Date(Date.now() - 60_000)];
  const { id } = await createSilence(ctx, silenceOf("late.over"));
  await createSilence(ctx, { ...silenceOf("late.begun"), startsAt: minuteAgo.toISOString() });
  await updateSilence(ctx, { id, ...silenceOf("late.over"), endsAt: minuteAgo.toISOString() });
  expect([await outcomeOf("late.over", hourAgo), await outcomeOf("late.over")]).toEqual([
    ["silenced"],
    ["alerted"],
  ]);
  expect([await outcomeOf("late.begun", hourAgo), await outcomeOf("late.begun")]).toEqual([
    ["alerted"],
    ["silenced"],
  ]);
});

it.each(["disabled", "pending", "rejected"] as const)(
  "somebody who is %s is not alerted, also where they hold the role",
  async (status) => {
    const { db } = test.services;
    const role = await givenRole(db, `Holders ${status}`);
    const [active, away] = [await givenUser(db, [role]), await givenUser(db, [role])];
    await db.user.update({ where: { id: away }, data: { status } });
    const { id } = await givenRule(ctx, {
      ...{ condition: `event.type == "away.${status}"`, targetRoles: [`Holders ${status}`] },
    });
    expect(await outcomeOf(`away.${status}`)).toEqual(["alerted"]);
    const copies = await db.notificationRecipient.findMany({ where: { ruleId: id } });
    expect(copies.map(({ userId }) => userId)).toEqual([active]);
  },
);
