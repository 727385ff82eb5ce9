import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendEventInputSchema } from "@tocsin/contracts/api/events";
import { newId } from "@tocsin/db/ids";
import { prepareEvent } from "../events/prepare-event.ts";
import { hashOf } from "../events/hash.ts";
import { insertEvents } from "../events/insert-events.ts";
import type { Context } from "../context.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { maximumAttempts } from "./next-attempt.ts";
import { processBatch } from "./process-batch.ts";
import { processIsolated } from "./process-isolated.ts";
import { readEntry, type StreamEntry } from "./stream-entry.ts";

/** The migration that gives open windows their new hash beside the old. */
const dedupBySource = new URL(
  "../../../../prisma/migrations/20261208000000_dedup_by_source/migration.sql",
  import.meta.url,
);

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;
const people: Record<"ada" | "ben" | "eve", string> = { ada: "", ben: "", eve: "" };

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  const [operators, treasury, admins] = [
    await givenRole(db, "Operator"),
    await givenRole(db, "Treasury"),
    await givenRole(db, "Admin", ["*"]),
  ];
  await givenRole(db, "Nobody");
  people.ada = await givenUser(db, [operators]);
  people.ben = await givenUser(db, [operators, treasury]);
  people.eve = await givenUser(db, [admins]);
  ctx = test.contextOf(actorOf(people.eve));
});

afterAll(() => test.close());

let streamNumber = 0;

/** Stores an event and gives its stream entry. */
async function stored(some: Record<string, unknown>): Promise<{ id: string; entry: StreamEntry }> {
  const event = prepareEvent(sendEventInputSchema.parse({ source: "test", ...some }), null);
  await insertEvents(ctx.pool, [event]);
  return { id: event.id, entry: entryOf({ id: event.id }) };
}

function entryOf(value: unknown): StreamEntry {
  streamNumber += 1;
  return readEntry({ streamId: `${Date.now()}-${streamNumber}`, fields: ["event", JSON.stringify(value)] });
}

const process = (entries: readonly StreamEntry[]) => processBatch(test.pipeline, entries);
const alertsOf = (ruleId: string) =>
  ctx.db.notification.findMany({ where: { ruleId }, orderBy: { id: "asc" } });
const recipientsOf = async (notificationId: string) =>
  (await ctx.db.notificationRecipient.findMany({ where: { notificationId } }))
    .map(({ userId }) => userId)
    .toSorted();

describe("a batch", () => {
  it("alerts the holders of the rule's roles, each once, and nobody else", async () => {
    const rule = await givenRule(ctx, {
      condition: 'event.type == "a.roles" && event.amount > 10',
      targetRoles: ["Operator", "Treasury"],
      title: "Amount {{ event.amount }}",
      message: '{{ event.payload.reason | default: "none" }}',
    });
    const [matching, tooSmall] = [
      await stored({ type: "a.roles", payload: { amount: 11 } }),
      await stored({ type: "a.roles", payload: { amount: 10 } }),
    ];
    const result = await process([matching.entry, tooSmall.entry]);
    const [alert, ...more] = await alertsOf(rule.id);
    expect(more).toEqual([]);
    expect(alert).toMatchObject({
      eventId: matching.id,
      title: "Amount 11",
      message: "none",
      recipientCount: 2,
    });
    expect(await recipientsOf(alert?.id ?? "")).toEqual([people.ada, people.ben].toSorted());
    expect(result.dueNotificationIds).toEqual([alert?.id]);
    const events = await ctx.db.event.findMany({ where: { id: { in: [matching.id, tooSmall.id] } } });
    expect(events.map(({ status }) => status)).toEqual(["processed", "processed"]);
  });

  it("that comes again changes nothing", async () => {
    const rule = await givenRule(ctx, { condition: 'event.type == "a.again"', targetRoles: ["Operator"] });
    const event = await stored({ type: "a.again" });
    await process([event.entry, event.entry]);
    const inbox = await ctx.db.userInbox.findUniqueOrThrow({ where: { userId: people.ada } });
    expect(await process([event.entry])).toMatchObject({
      dueNotificationIds: [],
      openedStorms: [],
      retries: [],
      decisions: [],
    });
    expect(await alertsOf(rule.id)).toHaveLength(1);
    expect(await ctx.db.userInbox.findUniqueOrThrow({ where: { userId: people.ada } })).toEqual(inbox);
  });

  it("with a pointer to an event that is not stored puts the pointer aside and processes the others", async () => {
    const [missing, event] = [newId(), await stored({ type: "a.orphan" })];
    await process([entryOf({ id: missing }), event.entry]);
    expect(await ctx.db.deadLetter.findMany({ where: { body: { contains: missing } } })).toMatchObject([
      { eventId: null, status: "open", error: "No event with this id is stored" },
    ]);
    expect(await ctx.db.event.findUnique({ where: { id: event.id } })).toMatchObject({ status: "processed" });
  });

  it("processed by two workers at once alerts once for each event", async () => {
    const rule = await givenRule(ctx, { condition: 'event.type == "a.race"', targetRoles: ["Operator"] });
    const events = await Promise.all(Array.from({ length: 40 }, () => stored({ type: "a.race" })));
    const entries = events.map(({ entry }) => entry);
    await Promise.all([process(entries), process(entries.toReversed()), process(entries)]);
    const alerts = await alertsOf(rule.id);
    expect(new Set(alerts.map(({ eventId }) => eventId))).toEqual(new Set(events.map(({ id }) => id)));
    expect(alerts).toHaveLength(events.length);
  });

  it("gives each person change numbers that grow, and counts what is unread", async () => {
    const { db } = ctx;
    const role = await givenRole(db, "Numbers");
    const user = await givenUser(db, [role]);
    await givenRule(ctx, { condition: 'event.type == "a.seq"', targetRoles: ["Numbers"] });
    for (const size of [1, 3, 2]) {
      const events = await Promise.all(Array.from({ length: size }, () => stored({ type: "a.seq" })));
      await process(events.map(({ entry }) => entry));
    }
    const rows = await db.notificationRecipient.findMany({
      where: { userId: user },
      orderBy: { seq: "asc" },
    });
    expect(rows.map(({ seq }) => Number(seq))).toEqual([1, 2, 3, 4, 5, 6]);
    expect(await db.userInbox.findUniqueOrThrow({ where: { userId: user } })).toMatchObject({
      lastSeq: 6n,
      unread: 6,
    });
  });

  it("folds events of one group into the first alert, over batches, and writes down why", async () => {
    const rule = await givenRule(ctx, {
      condition: 'event.type == "a.dedup"',
      targetRoles: ["Operator"],
      dedupWindowSeconds: 60,
      dedupKeyTemplate: "{{ event.payload.account }}",
    });
    const send = (account: string) => stored({ type: "a.dedup", payload: { account } });
    const events = [await send("x"), await send("x"), await send("y")];
    await process(events.map(({ entry }) => entry));
    await process([(await send("x")).entry]);
    const alerts = await alertsOf(rule.id);
    expect(alerts.map(({ occurrences }) => occurrences)).toEqual([3, 1]);
    const decisions = await ctx.db.decisionLog.groupBy({
      by: ["outcome"],
      where: { ruleId: rule.id },
      _count: true,
    });
    expect(Object.fromEntries(decisions.map(({ outcome, _count }) => [outcome, _count]))).toEqual({
      alerted: 2,
      deduplicated: 2,
    });
  });

  const keyed = async (type: string, dedupKeyTemplate: string | null) =>
    givenRule(ctx, {
      ...{ condition: `event.type == "${type}"`, targetRoles: ["Operator"] },
      ...{ dedupWindowSeconds: 60, dedupKeyTemplate },
    });

  it("folds no strangers: a key that lacks a part is none", async () => {
    const rule = await keyed("a.part", "acct:{{ event.account }}");
    const payloads = [
      {},
      { other: 1 },
      { account: null },
      { account: "" },
      { account: "x" },
      { account: "x" },
    ];
    const events = await Promise.all(payloads.map((payload) => stored({ type: "a.part", payload })));
    await process(events.map(({ entry }) => entry));
    const alerts = await alertsOf(rule.id);
    expect(alerts.map(({ occurrences }) => occurrences).toSorted((left, right) => left - right)).toEqual([
      1, 1, 1, 1, 2,
    ]);
  });

  it.each([
    ["parts", "a.join", "{{ event.a }}{{ event.b }}", { a: "1", b: "23" }, { a: "12", b: "3" }],
    [
      ...["the end of long values", "a.long", "{{ event.a }}"],
      ...[{ a: `${"x".repeat(2000)}1` }, { a: `${"x".repeat(2000)}2` }],
    ] as const,
  ] as const)("tells keys apart by their %s", async (_what, type, template, one, other) => {
    const rule = await keyed(type, template);
    for (const payload of [one, other, one, other]) await process([(await stored({ type, payload })).entry]);
    expect((await alertsOf(rule.id)).map(({ occurrences }) => occurrences)).toEqual([2, 2]);
  });

  it("folds events of two sources with one key of their own only where the rule's template says so", async () => {
    const [own, shared] = [await keyed("a.own", null), await keyed("a.shared", "{{ event.dedupKey }}")];
    for (const type of ["a.own", "a.shared"])
      for (const source of ["payments", "ledger", "payments", "ledger"])
        await process([(await stored({ type, source, dedupKey: "disk-full" })).entry]);
    expect((await alertsOf(own.id)).map(({ occurrences }) => occurrences)).toEqual([2, 2]);
    expect((await alertsOf(shared.id)).map(({ occurrences }) => occurrences)).toEqual([4]);
  });

  it("folds into windows that the version before opened, of the same source and of no other", async () => {
    const rule = await keyed("a.switch", null);
    await process([(await stored({ type: "a.switch", source: "payments", dedupKey: "disk" })).entry]);
    await ctx.pool.query("UPDATE alert_group SET groupHash = ? WHERE ruleId = ?", [hashOf("disk"), rule.id]);
    await ctx.pool.query(await readFile(dedupBySource, "utf8"));
    for (const source of ["payments", "ledger"])
      await process([(await stored({ type: "a.switch", source, dedupKey: "disk" })).entry]);
    expect((await alertsOf(rule.id)).map(({ occurrences }) => occurrences)).toEqual([2, 1]);
    await process([
      (await stored({ type: "a.switch", source: "payments", dedupKey: "disk", action: "resolve" })).entry,
    ]);
    const open = await ctx.db.alertGroup.findMany({
      where: { ruleId: rule.id, windowEndsAt: { gt: new Date() } },
    });
    expect(open).toHaveLength(1);
  });

  it("tells an accented key from its plain one", async () => {
    const rule = await givenRule(ctx, {
      condition: 'event.type == "a.accent"',
      targetRoles: ["Operator"],
      dedupWindowSeconds: 60,
    });
    const events = [
      await stored({ type: "a.accent", dedupKey: "Zürich" }),
      await stored({ type: "a.accent", dedupKey: "Zurich" }),
      await stored({ type: "a.accent", dedupKey: "zürich" }),
    ];
    await process(events.map(({ entry }) => entry));
    expect(await alertsOf(rule.id)).toHaveLength(3);
  });

  it("interrupts nobody for a trigger that is processed after its resolve", async () => {
    const rule = await givenRule(ctx, { condition: 'event.type == "a.resolved"', targetRoles: ["Operator"] });
    const trigger = await stored({ type: "a.resolved", dedupKey: "r1" });
    await ctx.pool.query("UPDATE event SET receivedAt = receivedAt - INTERVAL 1 SECOND WHERE id = ?", [
      trigger.id,
    ]);
    const resolve = await stored({ type: "a.resolved", dedupKey: "r1", action: "resolve" });
    await process([resolve.entry]);
    const result = await process([trigger.entry]);
    const [alert] = await alertsOf(rule.id);
    expect(alert).toMatchObject({ deliveryDueAt: null, resolvedAt: expect.any(Date) });
    expect(result.dueNotificationIds).toEqual([]);
  });

  it("alerts the admins where nobody holds the rule's roles, and says so", async () => {
    const rule = await givenRule(ctx, { condition: 'event.type == "a.orphan"', targetRoles: ["Nobody"] });
    await process([(await stored({ type: "a.orphan" })).entry]);
    const [alert] = await alertsOf(rule.id);
    expect(await recipientsOf(alert?.id ?? "")).toEqual([people.eve]);
    const decision = await ctx.db.decisionLog.findFirst({ where: { ruleId: rule.id } });
    expect(decision).toMatchObject({ outcome: "alerted", reason: "no_recipients" });
  });

  it("records what a shadow rule would have done and alerts nobody", async () => {
    const rule = await givenRule(ctx, {
      condition: 'event.type == "a.shadow"',
      targetRoles: ["Operator"],
      mode: "shadow",
    });
    await process([(await stored({ type: "a.shadow" })).entry]);
    expect(await alertsOf(rule.id)).toEqual([]);
    expect(await ctx.db.decisionLog.findFirst({ where: { ruleId: rule.id } })).toMatchObject({
      reason: "shadow",
    });
  });

  it("stores an event that came straight through the stream, once", async () => {
    const rule = await givenRule(ctx, { condition: 'event.type == "a.direct"', targetRoles: ["Operator"] });
    const entry = entryOf({ type: "a.direct", source: "ledger", payload: { n: 1 } });
    await process([entry]);
    await process([entry]);
    const alerts = await alertsOf(rule.id);
    expect(alerts).toHaveLength(1);
    const event = await ctx.db.event.findUniqueOrThrow({ where: { id: alerts[0]?.eventId ?? "" } });
    expect(event).toMatchObject({ source: "ledger", payload: { n: 1 }, status: "processed" });
  });

  it("puts an unreadable entry aside and processes the others", async () => {
    const event = await stored({ type: "a.beside" });
    const unreadable = readEntry({ streamId: "1-77", fields: ["event", "{"] });
    await process([unreadable, event.entry]);
    expect(await ctx.db.deadLetter.findUniqueOrThrow({ where: { streamId: "1-77" } })).toMatchObject({
      error: expect.stringContaining("The event is no valid JSON"),
      status: "open",
    });
    expect(await ctx.db.event.findUniqueOrThrow({ where: { id: event.id } })).toMatchObject({
      status: "processed",
    });
  });

  it("cuts a title and a message that are too long, at whole characters, and says so", async () => {
    const rule = await givenRule(ctx, {
      condition: 'event.type == "a.long"',
      targetRoles: ["Operator"],
      title: "{{ event.payload.text }}",
      message: "{{ event.payload.letters }}".repeat(5),
    });
    const payload = { text: "🔔".repeat(400), letters: "x".repeat(900) };
    await process([(await stored({ type: "a.long", payload })).entry]);
    const [alert] = await alertsOf(rule.id);
    expect(alert).toMatchObject({ title: "🔔".repeat(255), message: "x".repeat(4000), truncated: true });
  });

  it("holds events against a rule that was made after the batch before", async () => {
    await process([(await stored({ type: "a.new" })).entry]);
    const rule = await givenRule(ctx, { condition: 'event.type == "a.new"', targetRoles: ["Operator"] });
    await process([(await stored({ type: "a.new" })).entry]);
    expect(await alertsOf(rule.id)).toHaveLength(1);
  });
});

describe("an event that cannot be processed", () => {
  it("holds up no other, is tried again, and is put aside after its last try", async () => {
    const rule = await givenRule(ctx, { condition: 'event.type == "a.poison"', targetRoles: ["Operator"] });
    const [good, poison, alsoGood] = [
      await stored({ type: "a.poison" }),
      await stored({ type: "a.poison" }),
      await stored({ type: "a.poison" }),
    ];
    // Its decision is written already, under no notification: the second one cannot be.
    await ctx.db.decisionLog.create({
      data: {
        eventId: poison.id,
        ruleId: rule.id,
        ruleVersion: 1,
        outcome: "alerted",
        reason: "planted",
        decidedAt: new Date(),
      },
    });
    const result = await processIsolated(test.pipeline, [good.entry, poison.entry, alsoGood.entry]);
    expect(result.dueNotificationIds).toHaveLength(2);
    expect(result.retries).toMatchObject([{ eventId: poison.id }]);
    const afterFirst = await ctx.db.event.findUniqueOrThrow({ where: { id: poison.id } });
    expect(afterFirst).toMatchObject({ status: "failed", attempts: 1, nextAttemptAt: expect.any(Date) });

    for (let attempt = 2; attempt <= maximumAttempts; attempt += 1)
      await processIsolated(test.pipeline, [poison.entry]);
    expect(await ctx.db.event.findUniqueOrThrow({ where: { id: poison.id } })).toMatchObject({
      status: "dead",
    });
    expect(await ctx.db.deadLetter.findUniqueOrThrow({ where: { eventId: poison.id } })).toMatchObject({
      attempts: maximumAttempts,
      error: expect.stringContaining("Duplicate"),
    });
  });

  it("that does not even fit the table is put aside at once", async () => {
    const id = newId();
    const entry: StreamEntry = {
      kind: "direct",
      streamId: "1-99",
      eventId: id,
      envelope: { id, type: "x".repeat(101), source: "s", payload: {}, action: "trigger" },
    };
    await processIsolated(test.pipeline, [entry]);
    expect(await ctx.db.deadLetter.findUniqueOrThrow({ where: { streamId: "1-99" } })).toMatchObject({
      status: "open",
    });
  });
});
