import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { backtestRuleInputSchema } from "@tocsin/contracts/api/backtests";
import type { Context } from "../context.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { backtestRule, type BacktestOptions } from "./backtest-rule.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;
let userId: string;
let sent: string[];

/** 600 events: every third is about transfers, every tenth of all is a resolve. */
const eventCount = 600;

const backtest = (some: object, options?: BacktestOptions) =>
  backtestRule(ctx, backtestRuleInputSchema.parse(some), options);

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  await givenRole(test.services.db, "Auditor");
  userId = await givenUser(test.services.db, [role]);
  await givenUser(test.services.db, [role]);
  ctx = test.contextOf(actorOf(userId));
  const events = Array.from({ length: eventCount }, (_, index) =>
    prepareEvent(
      {
        type: index % 3 === 0 ? "transfer.failed" : "order.placed",
        source: "test",
        ...(index % 10 === 5
          ? { action: "resolve" as const, dedupKey: `r${index}` }
          : { action: "trigger" as const, dedupKey: `k${index % 12}` }),
        payload: { amount: index },
      },
      null,
    ),
  );
  await insertEvents(test.services.pool, events);
  // One a millisecond.
  await test.services.pool.query(
    "UPDATE event SET receivedAt = receivedAt + INTERVAL JSON_VALUE(payload, '$.amount') * 1000 MICROSECOND",
  );
  sent = events.map(({ id }) => id);
});

afterAll(() => test.close());

/** The transfers of the setup that are triggers, oldest first. */
const transfers = Array.from({ length: eventCount }, (_, index) => index).filter(
  (index) => index % 3 === 0 && index % 10 !== 5,
);

describe("a condition alone", () => {
  it("says how often it would have fired, when, with samples, and how many events it looked at", async () => {
    const answer = await backtest({ condition: 'event.type == "transfer.failed"' });
    expect(answer).toMatchObject({
      lookedAt: eventCount,
      cut: null,
      matched: transfers.length,
      perRole: [],
      difference: null,
      storm: { verdict: "storm", limit: 20, windowSeconds: 60, storms: 1, firstAt: expect.any(String) },
    });
    expect(answer.alerts + answer.suppressed).toBe(transfers.length);
    const newest = transfers.slice(-5).toReversed();
    expect(answer.samples.map(({ eventId }) => eventId)).toEqual(newest.map((index) => sent[index]));
    expect(answer.perHour.reduce((sum, { matched }) => sum + matched, 0)).toBe(transfers.length);
    expect(answer.peakMinute?.matched).toBeLessThanOrEqual(transfers.length);
    expect(Date.parse(answer.from ?? "")).toBeLessThanOrEqual(Date.parse(answer.to ?? ""));
  });

  it("looks at no more than was asked for, the newest, and says so", async () => {
    const limited = await backtest({ condition: "event.amount >= 0", events: 100 });
    expect(limited).toMatchObject({ lookedAt: 100, cut: "events", matched: 90 });
    expect(await backtest({ condition: "event.amount >= 0", events: eventCount })).toMatchObject({
      lookedAt: eventCount,
      cut: null,
    });
  });

  it("looks back no further than was asked for", async () => {
    const later = { ...ctx, clock: () => new Date(Date.now() + 2 * 3_600_000) };
    const asked = (hours: number) => backtestRuleInputSchema.parse({ condition: "true", hours });
    expect(await backtestRule(later, asked(1))).toMatchObject({
      lookedAt: 0,
      from: null,
      to: null,
      peakMinute: null,
    });
    expect(await backtestRule(later, asked(3))).toMatchObject({ lookedAt: eventCount, cut: null });
  });

  it("stops when its time is over, and says so", async () => {
    const answer = await backtest({ condition: "true" }, { patienceMs: 0 });
    expect(answer.cut).toBe("time");
    expect(answer.lookedAt).toBeGreaterThan(0);
    expect(answer.lookedAt).toBeLessThan(eventCount);
  });
});

describe("when nobody waits for the answer any more", () => {
  it("stops at the next chunk", async () => {
    const leaving = new AbortController();
    let queries = 0;
    const counting: Context = {
      ...ctx,
      pool: {
        ...ctx.pool,
        query: async (sql, values) => {
          if (sql.includes("FROM event")) {
            queries += 1;
            leaving.abort();
          }
          return ctx.pool.query(sql, values);
        },
      },
    };
    const input = backtestRuleInputSchema.parse({ condition: "true" });
    expect(await backtestRule(counting, input, { signal: leaving.signal })).toMatchObject({
      cut: "cancelled",
      lookedAt: 0,
    });
    expect(queries).toBe(1);
    await backtestRule(counting, input, { signal: leaving.signal });
    expect(queries).toBe(1);
  });
});

describe("a stored rule", () => {
  it("beside a draft of it: what only one of them matches", async () => {
    const rule = await givenRule(ctx, {
      condition: 'event.type == "transfer.failed" && event.amount < 300',
      title: "Old {{ event.amount }}",
      targetRoles: ["Operator"],
    });
    const isNew = (index: number) => index >= 150;
    const { difference } = await backtest({
      ruleId: rule.id,
      draft: {
        condition: 'event.type == "transfer.failed" && event.amount >= 150',
        title: "New {{ event.amount }}",
      },
    });
    const old = transfers.filter((index) => index < 300);
    expect(difference).toMatchObject({
      onlyNew: transfers.filter((index) => isNew(index) && index >= 300).length,
      onlyOld: old.filter((index) => !isNew(index)).length,
      both: old.filter(isNew).length,
    });
    const [newest] = transfers.slice(-1);
    const lastOld = old.findLast((index) => !isNew(index));
    expect(difference?.onlyNewSamples[0]).toMatchObject({
      title: `New ${newest}`,
      eventId: sent[newest ?? 0],
    });
    expect(difference?.onlyOldSamples[0]).toMatchObject({ title: `Old ${lastOld}` });
    expect(difference?.onlyNewSamples).toHaveLength(5);
    expect(await backtest({ ruleId: rule.id })).toMatchObject({ matched: old.length, difference: null });
  });

  it("says whom it would have alerted how often", async () => {
    const answer = await backtest({
      draft: { condition: "event.amount == 1", targetRoles: ["Operator", "Auditor"], stormLimit: 1 },
    });
    expect(answer).toMatchObject({
      alerts: 1,
      storm: { verdict: "calm", limit: 1 },
      perRole: [
        { role: "Operator", people: 2, alerts: 1 },
        { role: "Auditor", people: 0, alerts: 1 },
      ],
    });
  });

  it("would have done what the pipeline then does: same alerts, duplicates and storm", async () => {
    const rule = await givenRule(ctx, {
      condition: 'event.type == "transfer.failed"',
      targetRoles: ["Operator"],
      dedupWindowSeconds: 3600,
      stormLimit: 3,
      stormWindowSeconds: 3600,
    });
    const answer = await backtest({ ruleId: rule.id });
    const entries = sent.map((eventId) => ({ kind: "stored" as const, streamId: "1-1", eventId }));
    for (let start = 0; start < entries.length; start += 200) {
      await processBatch(test.pipeline, entries.slice(start, start + 200));
    }
    const decided = await test.services.db.decisionLog.groupBy({
      by: ["outcome"],
      where: { ruleId: rule.id },
      _count: true,
    });
    const counts = Object.fromEntries(decided.map(({ outcome, _count }) => [outcome, _count]));
    expect(answer.storm).toMatchObject({ verdict: "storm", storms: 1 });
    expect(counts).toEqual({
      alerted: answer.alerts,
      deduplicated: answer.deduplicated,
      suppressed: answer.suppressed,
    });
  });
});

it("refuses roles that are not there, and callers who may not read events", async () => {
  await expect(backtest({ draft: { condition: "true", targetRoles: ["Nobody"] } })).rejects.toMatchObject({
    code: "UNKNOWN_ROLE",
    errors: [{ pointer: "/draft/targetRoles/0" }],
  });
  const blind = test.contextOf(actorOf(userId, ["rules:manage"]));
  await expect(
    backtestRule(blind, backtestRuleInputSchema.parse({ condition: "true" })),
  ).rejects.toMatchObject({ code: "UNAUTHORIZED_ROLE" });
});

it("runs one at a time, lets a few wait, and refuses the rest", async () => {
  const answers = await Promise.allSettled(Array.from({ length: 12 }, () => backtest({ condition: "true" })));
  const refused = answers.filter((answer) => answer.status === "rejected");
  expect(refused.length).toBeGreaterThan(0);
  expect(answers.length - refused.length).toBeGreaterThanOrEqual(5);
  for (const { reason } of refused) {
    expect(reason).toMatchObject({ code: "TOO_MANY_REQUESTS", retryAfterSeconds: expect.any(Number) });
  }
});
