import { createBucketInputSchema } from "@tocsin/contracts/api/transfer-buckets";
import { parseJson } from "@tocsin/db/pool";
import { eventStreamKey } from "@tocsin/contracts/stream";
import { newId } from "@tocsin/db/ids";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { changeThreshold } from "./change-threshold.ts";
import { createBucket } from "./create-bucket.ts";
import { getBucket } from "./get-bucket.ts";
import { monitorBuckets } from "./monitor-buckets.ts";
import { setBalance } from "./set-balance.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  test = await createTestServices();
  ctx = test.contextOf(
    actorOf(await givenUser(test.services.db, [await givenRole(test.services.db, "Operator")])),
  );
});

afterEach(() => ctx.pool.query("DROP TRIGGER IF EXISTS refuse_event"));

afterAll(() => test.close());

const given = (some: object = {}) =>
  createBucket(
    ctx,
    createBucketInputSchema.parse({
      ...{ name: "Payouts", currency: "EUR", currentBalance: "150", threshold: "100", hysteresis: "10" },
      ...some,
    }),
  );

/** As another program would write it, past the API: nobody checks it but the monitor. */
const write = (id: string, balance: string) =>
  ctx.pool.query("UPDATE transfer_bucket SET currentBalance = CAST(? AS DECIMAL(19,4)) WHERE id = ?", [
    balance,
    id,
  ]);

interface SentEvent {
  id: string;
  type: string;
  action: string;
  payload: unknown;
}

const eventsOf = (id: string) =>
  ctx.pool.query<SentEvent[]>(
    "SELECT id, type, action, payload FROM event WHERE source = 'tocsin' AND dedupKey = ? ORDER BY id",
    [`transfer-bucket:${id}`],
  );
const typesOf = async (id: string) => (await eventsOf(id)).map(({ type }) => type);

describe("the monitor", () => {
  it("sends one event on the way down and one on the way up, and none for what moves between the lines", async () => {
    const { id } = await given();
    const walk = ["100", "99.9999", "50", "100", "109.9999", "99", "110", "100", "105", "99.9999", "200"];
    const sent: [string, number][] = [];
    for (const balance of walk) {
      await write(id, balance);
      sent.push([balance, await monitorBuckets(ctx)]);
      expect(await monitorBuckets(ctx)).toBe(0);
    }
    expect(sent.filter(([, count]) => count > 0)).toEqual([
      ["99.9999", 1],
      ["110", 1],
      ["99.9999", 1],
      ["200", 1],
    ]);
    const [down, up] = ["bucket.below_threshold", "bucket.recovered"];
    expect(await typesOf(id)).toEqual([down, up, down, up]);
  });

  it("sends each event once where many check at the same time", async () => {
    const ids = await Promise.all(Array.from({ length: 12 }, async () => (await given()).id));
    await Promise.all(ids.map((id) => write(id, "1")));
    const counts = await Promise.all(Array.from({ length: 6 }, () => monitorBuckets(ctx)));
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(12);
    for (const id of ids) expect(await typesOf(id)).toEqual(["bucket.below_threshold"]);
  });

  it("finds every bucket that has crossed, also where they are more than it takes at once", async () => {
    const ids = Array.from({ length: 1001 }, () => newId());
    const row = "(?, 'one of many', 'SEK', 0, 1, 0, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))";
    await ctx.pool.query(
      `INSERT INTO transfer_bucket (id, name, currency, currentBalance, threshold, hysteresis, createdAt, updatedAt)
       VALUES ${ids.map(() => row).join(", ")}`,
      ids,
    );
    expect(await monitorBuckets(ctx)).toBe(1001);
    expect(await ctx.db.transferBucket.count({ where: { currency: "SEK", state: "breached" } })).toBe(1001);
    expect(await ctx.db.event.count({ where: { payload: { path: "$.currency", equals: "SEK" } } })).toBe(
      1001,
    );
  });

  it("changes no state where the event cannot be stored, and makes up for it", async () => {
    const { id } = await given();
    await write(id, "1");
    await ctx.pool.query(
      "CREATE TRIGGER refuse_event BEFORE INSERT ON event FOR EACH ROW SIGNAL SQLSTATE '45000'",
    );
    await expect(monitorBuckets(ctx)).rejects.toMatchObject({ sqlState: "45000" });
    expect(await getBucket(ctx, { id })).toMatchObject({ state: "ok" });
    await ctx.pool.query("DROP TRIGGER refuse_event");
    expect(await monitorBuckets(ctx)).toBe(1);
    expect(await typesOf(id)).toEqual(["bucket.below_threshold"]);
  });

  it("puts the event into the stream, with the sums as numbers and as exact decimals", async () => {
    const { id } = await given({ currentBalance: "123456789012345.6789", threshold: "0.0001" });
    await write(id, "-123456789012345.6789");
    await monitorBuckets(ctx);
    const [event] = await eventsOf(id);
    expect(parseJson(event?.payload)).toEqual({
      ...{ bucketId: id, name: "Payouts", currency: "EUR" },
      ...{ currentBalance: -123456789012345.67, currentBalanceDecimal: "-123456789012345.6789" },
      ...{ threshold: 0.0001, thresholdDecimal: "0.0001", hysteresis: 10, hysteresisDecimal: "10.0000" },
    });
    const entries = await ctx.redis.xrevrange(eventStreamKey, "+", "-", "COUNT", 1);
    expect(JSON.stringify(entries)).toContain(event?.id);
  });
});

describe("a change by the API", () => {
  it("is checked at once: of the balance, of the threshold, and of a bucket that starts too low", async () => {
    const { id, state } = await given();
    expect(state).toBe("ok");
    expect(await setBalance(ctx, { id, balance: "99" })).toMatchObject({ state: "breached" });
    expect(await changeThreshold(ctx, { id, threshold: "50", hysteresis: "0" })).toMatchObject({
      state: "ok",
      stateChangedAt: expect.any(String),
    });
    expect(await given({ currentBalance: "1" })).toMatchObject({ state: "breached" });
    expect(await typesOf(id)).toEqual(["bucket.below_threshold", "bucket.recovered"]);
  });

  it("succeeds where the check fails, and the monitor makes up for it", async () => {
    const { id } = await given();
    await ctx.pool.query(
      "CREATE TRIGGER refuse_event BEFORE INSERT ON event FOR EACH ROW SIGNAL SQLSTATE '45000'",
    );
    expect(await setBalance(ctx, { id, balance: "1" })).toMatchObject({
      currentBalance: "1.0000",
      state: "ok",
    });
    await ctx.pool.query("DROP TRIGGER refuse_event");
    expect(await monitorBuckets(ctx)).toBe(1);
    expect(await typesOf(id)).toEqual(["bucket.below_threshold"]);
  });
});

it("a rule alerts when a bucket runs low, and the recovery resolves the alert", async () => {
  const rule = await givenRule(ctx, {
    condition:
      'event.type == "bucket.below_threshold" && event.currentBalance < 100 && decimal(event.currentBalanceDecimal) >= decimal("99.9999")',
    targetRoles: ["Operator"],
  });
  const { id } = await given({ currentBalance: "99.9999" });
  await setBalance(ctx, { id, balance: "110" });
  const events = await eventsOf(id);
  for (const event of events) {
    await processBatch(test.pipeline, [{ kind: "stored", streamId: event.id, eventId: event.id }]);
  }
  const alerts = await ctx.db.notification.findMany({ where: { ruleId: rule.id }, orderBy: { id: "asc" } });
  expect(alerts).toMatchObject([
    { kind: "alert", resolvedAt: expect.any(Date) },
    { kind: "resolved", eventId: events[1]?.id },
  ]);
});
