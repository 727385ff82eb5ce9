import type { Pool, Queryable } from "@tocsin/db/pool";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { updateRule } from "../rules/update-rule.ts";
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
