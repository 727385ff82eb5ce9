import { newId } from "@tocsin/db/ids";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createApiKey } from "./api-keys/create-api-key.ts";
import { revokeApiKey } from "./api-keys/revoke-api-key.ts";
import { rotateApiKey } from "./api-keys/rotate-api-key.ts";
import { adjustBalance } from "./buckets/adjust-balance.ts";
import { changeThreshold } from "./buckets/change-threshold.ts";
import { createBucket } from "./buckets/create-bucket.ts";
import type { Context } from "./context.ts";
import { lockRuleGates } from "./pipeline/lock-gates.ts";
import type { Match } from "./pipeline/match-events.ts";
import { deleteRule } from "./rules/delete-rule.ts";
import { updateRule } from "./rules/update-rule.ts";
import { createSilence } from "./silences/create-silence.ts";
import { endSilence } from "./silences/end-silence.ts";
import { updateSilence } from "./silences/update-silence.ts";
import { summariseStorm } from "./storms/summarise-storm.ts";
import { givenHolder, givenRole, givenRule } from "./testing/fixtures.ts";
import { createTestServices } from "./testing/test-services.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  test = await createTestServices();
  await givenRole(test.services.db, "Operator");
  ctx = await givenHolder(test, ["*"]);
});

afterAll(() => test.close());

/** How many statements of other connections that lock what they read are at work: here, waiting for a row. */
async function countLockingReads(): Promise<number> {
  const [row] = await test.services.pool.query<{ count: number }[]>(
    `SELECT COUNT(*) AS count FROM information_schema.PROCESSLIST
      WHERE DB = DATABASE() AND ID <> CONNECTION_ID() AND INFO LIKE 'SELECT%FOR UPDATE%'`,
  );
  return row?.count ?? 0;
}

const key = () =>
  createApiKey(ctx, { name: "Payments", scopes: ["events:send"], source: null, expiresAt: null });
const bucket = () =>
  createBucket(ctx, { name: "b", currency: "EUR", currentBalance: "10", threshold: "1", hysteresis: "0" });
const quiet = {
  ...{ condition: "true", startsAt: "2026-11-20T00:00:00.000Z", endsAt: "2999-01-01T00:00:00.000Z" },
  ...{ weekly: null, comment: "" },
};
const silence = () => createSilence(ctx, quiet);
const rule = () => givenRule(ctx, { condition: 'event.type == "x"', targetRoles: ["Operator"] });

/** A rule in whose storm a summary is due. */
async function storm(): Promise<{ id: string }> {
  const { id } = await rule();
  const gate = { stormId: newId(), openedAt: new Date(0), nextDigestAt: new Date(0), suppressed: 3 };
  await ctx.db.ruleGate.upsert({ where: { ruleId: id }, create: { ruleId: id, ...gate }, update: gate });
  return { id };
}

const readGates = (id: string) =>
  test.services.pool.transaction("READ COMMITTED", (connection) =>
    lockRuleGates(connection, [{ rule: { id } } as unknown as Match]),
  );

it.each<[string, string, () => Promise<{ id: string }>, (id: string) => Promise<unknown>]>([
  ["rotating an API key", "api_key WHERE id", key, (id) => rotateApiKey(ctx, { id, graceSeconds: 0 })],
  ["revoking an API key", "api_key WHERE id", key, (id) => revokeApiKey(ctx, { id })],
  ["changing a silence", "silence WHERE id", silence, (id) => updateSilence(ctx, { id, ...quiet })],
  ["ending a silence", "silence WHERE id", silence, (id) => endSilence(ctx, { id })],
  ["changing a rule", "rule WHERE id", rule, (id) => updateRule(ctx, { id, name: "New" })],
  ["deleting a rule", "rule WHERE id", rule, (id) => deleteRule(ctx, { id })],
  [
    ...(["adjusting a balance", "transfer_bucket WHERE id", bucket] as const),
    (id) => adjustBalance(ctx, { id, amount: "1" }),
  ],
  [
    ...(["changing a threshold", "transfer_bucket WHERE id", bucket] as const),
    (id) => changeThreshold(ctx, { id, threshold: "2" }),
  ],
  [
    ...(["summarising a storm", "rule_gate WHERE ruleId", storm] as const),
    (id) => summariseStorm(test.pipeline, id),
  ],
  ["deciding about a rule's matches", "rule_gate WHERE ruleId", storm, readGates],
])("%s waits for who holds the row before it reads it", async (_verb, row, given, verb) => {
  const { id } = await given();
  const { work } = await test.services.pool.transaction("READ COMMITTED", async (connection) => {
    await connection.query(`SELECT 1 FROM ${row} = ? FOR UPDATE`, [id]);
    const started = Promise.allSettled([verb(id)]);
    await eventually(async () => expect(await countLockingReads()).toBe(1));
    return { work: started };
  });
  expect(await work).toMatchObject([{ status: "fulfilled" }]);
});
