import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Rule } from "@tocsin/contracts/api/rules";
import { newId } from "@tocsin/db/ids";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { processIsolated } from "../pipeline/process-isolated.ts";
import type { StreamEntry } from "../pipeline/stream-entry.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { findDueStorms } from "./find-due-storms.ts";
import { summariseStorm } from "./summarise-storm.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let author: string;

beforeAll(async () => {
  test = await createTestServices();
  author = await givenUser(test.services.db, [await givenRole(test.services.db, "Operator")]);
});

afterAll(() => test.close());

async function stormyRule(some: Record<string, unknown> = {}): Promise<Rule> {
  return givenRule(test.contextOf(actorOf(author)), {
    condition: `event.type == "storm.${newId()}"`,
    targetRoles: ["Operator"],
    stormLimit: 5,
    stormWindowSeconds: 60,
    ...some,
  });
}

/** Sends so many events that the rule matches. */
async function send(
  rule: Rule,
  count: number,
  some: { action?: "trigger" | "resolve"; dedupKey?: string } = {},
): Promise<StreamEntry[]> {
  const type = /"(.*)"/.exec(rule.condition)?.[1] ?? "";
  const events = Array.from({ length: count }, () =>
    prepareEvent({ type, source: "test", payload: {}, action: "trigger", ...some }, null),
  );
  await insertEvents(test.services.pool, events);
  return events.map(({ id }, index) => ({ kind: "stored", streamId: `1-${index}`, eventId: id }));
}

const process = (entries: readonly StreamEntry[]) => processBatch(test.pipeline, entries);

/** Lets the storm's window pass. */
async function passWindow(rule: Rule): Promise<void> {
  await test.services.pool.query(
    "UPDATE rule_gate SET nextDigestAt = UTC_TIMESTAMP(3) - INTERVAL 5 SECOND WHERE ruleId = ?",
    [rule.id],
  );
}

const notificationsOf = async (rule: Rule) =>
  (await test.services.db.notification.findMany({ where: { ruleId: rule.id }, orderBy: { id: "asc" } })).map(
    ({ kind, sourceKey, occurrences }) => ({ kind, part: sourceKey.split(":").at(-1), occurrences }),
  );

it("a storm alerts up to its limit, sums up the rest exactly, and tells when it is over", async () => {
  const rule = await stormyRule();
  const opened = await process(await send(rule, 40));
  expect(opened.openedStorms).toMatchObject([{ ruleId: rule.id, windowSeconds: 60 }]);
  await process(await send(rule, 30));
  await passWindow(rule);
  const first = await summariseStorm(test.pipeline, rule.id);
  expect(first).toMatchObject({ next: { digestNo: 1, windowSeconds: 60 } });
  await process(await send(rule, 2));
  await passWindow(rule);
  expect(await summariseStorm(test.pipeline, rule.id)).toMatchObject({ next: null });

  const written = await notificationsOf(rule);
  expect(written.filter(({ kind }) => kind === "alert")).toHaveLength(5);
  expect(written.filter(({ kind }) => kind !== "alert")).toEqual([
    { kind: "storm", part: "opened", occurrences: 1 },
    { kind: "digest", part: "1", occurrences: 65 },
    { kind: "digest", part: "2", occurrences: 2 },
    { kind: "storm", part: "closed", occurrences: 1 },
  ]);
  const decisions = await test.services.db.decisionLog.groupBy({
    by: ["outcome"],
    where: { ruleId: rule.id },
    _count: true,
  });
  expect(Object.fromEntries(decisions.map(({ outcome, _count }) => [outcome, _count]))).toEqual({
    alerted: 5,
    suppressed: 67,
  });
});

it("a summary that is not due, or was made already, changes nothing", async () => {
  const rule = await stormyRule();
  await process(await send(rule, 20));
  expect(await summariseStorm(test.pipeline, rule.id)).toEqual({ dueNotificationIds: [], next: null });
  await passWindow(rule);
  await Promise.all([1, 2, 3].map(() => summariseStorm(test.pipeline, rule.id)));
  const digests = (await notificationsOf(rule)).filter(({ kind }) => kind === "digest");
  expect(digests).toEqual([{ kind: "digest", part: "1", occurrences: 15 }]);
});

it("a rule that suppresses tells the beginning and the end, and the count at the end", async () => {
  const rule = await stormyRule({ stormMode: "suppress" });
  await process(await send(rule, 25));
  await passWindow(rule);
  await summariseStorm(test.pipeline, rule.id);
  await passWindow(rule);
  await summariseStorm(test.pipeline, rule.id);
  const notices = await test.services.db.notification.findMany({
    where: { ruleId: rule.id, kind: { not: "alert" } },
  });
  expect(notices.map(({ sourceKey }) => sourceKey.split(":").at(-1))).toEqual(["opened", "closed"]);
  expect(notices.at(-1)?.message).toContain("20 alerts");
});

it("events processed by two workers at once are counted exactly", async () => {
  const rule = await stormyRule();
  const batches = await Promise.all(Array.from({ length: 6 }, () => send(rule, 25)));
  await Promise.all([...batches, ...batches].map(process));
  const gate = await test.services.db.ruleGate.findUniqueOrThrow({ where: { ruleId: rule.id } });
  const alerts = (await notificationsOf(rule)).filter(({ kind }) => kind === "alert").length;
  expect(alerts + gate.suppressed).toBe(150);
  expect((await notificationsOf(rule)).filter(({ kind }) => kind === "storm")).toHaveLength(1);
});

it("the storm of one rule holds back no other rule's alerts", async () => {
  const [stormy, calm] = [await stormyRule(), await stormyRule()];
  await process([...(await send(stormy, 50)), ...(await send(calm, 3))]);
  expect((await notificationsOf(calm)).map(({ kind }) => kind)).toEqual(["alert", "alert", "alert"]);
});

it("everything is alerted while Redis is away", async () => {
  const rule = await stormyRule();
  const entries = await send(rule, 20);
  const { redis } = test.pipeline;
  const away = { ...test.pipeline, redis: redis.duplicate({ lazyConnect: true, enableOfflineQueue: false }) };
  await processBatch(away, entries);
  expect(await notificationsOf(rule)).toHaveLength(20);
});

it("what a storm held back is summed up also when its rule is switched off meanwhile", async () => {
  const rule = await stormyRule();
  await process(await send(rule, 20));
  await test.services.db.rule.update({ where: { id: rule.id }, data: { active: false } });
  await passWindow(rule);
  await summariseStorm(test.pipeline, rule.id);
  expect((await notificationsOf(rule)).filter(({ kind }) => kind === "digest")).toMatchObject([
    { occurrences: 15 },
  ]);
});

it("a storm whose wake-up was lost is found", async () => {
  const rule = await stormyRule();
  await process(await send(rule, 20));
  expect(await findDueStorms(test.services.pool)).not.toContain(rule.id);
  await passWindow(rule);
  expect(await findDueStorms(test.services.pool)).toContain(rule.id);
});

describe("the notices of a storm", () => {
  const fire = "🔥".repeat(120);
  it.each([
    ["of 240 characters", "n".repeat(240)],
    ["of 255 characters", "n".repeat(255)],
    ["of 254 characters, half of them beyond the first plane", `${"n".repeat(127)}${fire.slice(0, 126)}n`],
    ["whose cut falls on such a character", `${"n".repeat(15)}${fire}`],
  ])("are told of a rule with a name %s, and it ends", async (_what, name) => {
    const rule = await stormyRule({ name });
    await process(await send(rule, 10));
    await passWindow(rule);
    await summariseStorm(test.pipeline, rule.id);
    await passWindow(rule);
    expect(await summariseStorm(test.pipeline, rule.id)).toMatchObject({ next: null });
    const written = await test.services.db.notification.findMany({
      where: { ruleId: rule.id, kind: { not: "alert" } },
      orderBy: { id: "asc" },
    });
    const composed = [`Alert storm: ${name}`, `5 more: ${name}`, `Alert storm over: ${name}`];
    expect(written.map(({ title }) => title)).toEqual(
      composed.map((title) => Array.from(title).slice(0, 255).join("")),
    );
    expect(written.map(({ truncated }) => truncated)).toEqual(
      composed.map((title) => Array.from(title).length > 255),
    );
    await test.pipeline.redis.del(`tocsin:storm:${rule.id}`);
    await process(await send(rule, 1));
    expect((await notificationsOf(rule)).filter(({ kind }) => kind === "alert")).toHaveLength(6);
  });

  /** The database takes no notification that names the rule, as notices do and its alerts do not. */
  const unnamed = { name: "Cannot be named", title: "An alert" };
  async function withoutNotices(work: () => Promise<void>): Promise<void> {
    const { pool } = test.services;
    await pool.query(
      `ALTER TABLE notification ADD CONSTRAINT no_notice CHECK (title NOT LIKE '%${unnamed.name}')`,
    );
    try {
      await work();
    } finally {
      await pool.query("ALTER TABLE notification DROP CONSTRAINT no_notice");
    }
  }

  it("that cannot be written begin no storm: every event is alerted", async () => {
    const rule = await stormyRule(unnamed);
    await withoutNotices(async () => {
      await processIsolated(test.pipeline, await send(rule, 8));
    });
    expect((await notificationsOf(rule)).map(({ kind }) => kind)).toEqual(Array(8).fill("alert"));
  });

  it("that cannot be written do not keep a storm from its end: later events are alerted", async () => {
    const rule = await stormyRule();
    await process(await send(rule, 8));
    await test.services.db.rule.update({ where: { id: rule.id }, data: { name: unnamed.name } });
    await withoutNotices(async () => {
      await passWindow(rule);
      expect(await summariseStorm(test.pipeline, rule.id)).toMatchObject({ next: { digestNo: 1 } });
      await passWindow(rule);
      expect(await summariseStorm(test.pipeline, rule.id)).toEqual({ dueNotificationIds: [], next: null });
    });
    await test.pipeline.redis.del(`tocsin:storm:${rule.id}`);
    await process(await send(rule, 1));
    expect((await notificationsOf(rule)).filter(({ kind }) => kind === "alert")).toHaveLength(6);
  });

  it("are told also where the rule's texts are none any more", async () => {
    const rule = await stormyRule();
    await process(await send(rule, 8));
    await test.services.db.rule.update({ where: { id: rule.id }, data: { condition: "(((" } });
    await passWindow(rule);
    await summariseStorm(test.pipeline, rule.id);
    expect((await notificationsOf(rule)).filter(({ kind }) => kind === "digest")).toMatchObject([
      { occurrences: 3 },
    ]);
  });
});

describe("a storm is made of alerts that would interrupt", () => {
  const keyed = (some: Record<string, unknown> = {}) => stormyRule({ dedupWindowSeconds: 600, ...some });

  /** Sends one event after the other, each in a batch of its own. */
  async function sendKeyed(
    rule: Rule,
    ...events: ["trigger" | "resolve", dedupKey: string][]
  ): Promise<void> {
    for (const [action, dedupKey] of events) await process(await send(rule, 1, { action, dedupKey }));
  }

  const kinds = async (rule: Rule) =>
    Map.groupBy(await notificationsOf(rule), ({ kind, part }) => (kind === "storm" ? part : kind));

  it("trouble that comes and goes counts each time that it comes", async () => {
    const rule = await keyed();
    for (let turn = 0; turn < 30; turn += 1) await sendKeyed(rule, ["trigger", "door"], ["resolve", "door"]);
    const told = await kinds(rule);
    expect(told.get("alert")).toHaveLength(5);
    expect(told.get("opened")).toHaveLength(1);
    expect(told.get("resolved")).toHaveLength(5);
    const gate = await test.services.db.ruleGate.findUniqueOrThrow({ where: { ruleId: rule.id } });
    expect(gate.suppressed).toBe(25);
  });

  it("what is folded into an alert counts for nothing", async () => {
    const rule = await keyed();
    await process(await send(rule, 40, { dedupKey: "one" }));
    await sendKeyed(rule, ["trigger", "two"], ["trigger", "three"], ["trigger", "four"], ["trigger", "five"]);
    const told = await kinds(rule);
    expect(told.get("alert")).toHaveLength(5);
    expect(told.get("opened")).toBeUndefined();
    await sendKeyed(rule, ["trigger", "six"]);
    expect((await kinds(rule)).get("opened")).toHaveLength(1);
  });

  it("what was over before it was processed counts for nothing", async () => {
    const rule = await keyed({ dedupWindowSeconds: 0 });
    const triggers = await send(rule, 20, { dedupKey: "door" });
    await sendKeyed(rule, ["resolve", "door"]);
    await process(triggers);
    await process(await send(rule, 5));
    const told = await kinds(rule);
    expect(told.get("alert")).toHaveLength(25);
    expect(told.get("opened")).toBeUndefined();
  });

  it("an event that comes again after a worker died counts once", async () => {
    const rule = await keyed();
    const first = await send(rule, 1, { dedupKey: "door" });
    const dying = {
      ...test.pipeline,
      pool: {
        ...test.pipeline.pool,
        transaction: (async (isolation, work) =>
          test.pipeline.pool.transaction(isolation, async (connection) => {
            await work(connection);
            throw new Error("The worker died");
          })) as typeof test.pipeline.pool.transaction,
      },
    };
    await expect(processBatch(dying, first)).rejects.toThrow("died");
    await process(first);
    await sendKeyed(rule, ["trigger", "b"], ["trigger", "c"], ["trigger", "d"], ["trigger", "e"]);
    const told = await kinds(rule);
    expect(told.get("alert")).toHaveLength(5);
    expect(told.get("opened")).toBeUndefined();
  });
});
