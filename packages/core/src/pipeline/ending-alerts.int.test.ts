import { sendEventInputSchema } from "@tocsin/contracts/api/events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { sendEvents } from "../events/send-events.ts";
import { createSilence } from "../silences/create-silence.ts";
import { endSilence } from "../silences/end-silence.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { processBatch } from "./process-batch.ts";
import type { StreamEntry } from "./stream-entry.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;
let operator: string;

beforeAll(async () => {
  test = await createTestServices();
  operator = await givenUser(test.services.db, [await givenRole(test.services.db, "Operator")]);
  ctx = test.contextOf(actorOf(operator));
  await givenRule(ctx, {
    condition: 'event.type == "trouble"',
    targetRoles: ["Operator"],
    dedupWindowSeconds: 3600,
  });
});

afterAll(() => test.close());

/** Stores events with one statement, so that they are received in the same millisecond. */
async function stored(...some: Record<string, unknown>[]): Promise<StreamEntry[]> {
  const events = some.map((input) =>
    prepareEvent(sendEventInputSchema.parse({ type: "trouble", source: "ledger", ...input }), null),
  );
  await insertEvents(ctx.pool, events);
  return events.map(({ id }, index) => ({ kind: "stored", streamId: `1-${index}`, eventId: id }));
}

const process = (entries: readonly StreamEntry[]) => processBatch(test.pipeline, entries);

async function alertsOf(entries: readonly StreamEntry[], kind: "alert" | "resolved" = "alert") {
  const ids = entries.flatMap((entry) => (entry.kind === "stored" ? [entry.eventId] : []));
  return ctx.db.notification.findMany({ where: { kind, eventId: { in: ids } }, orderBy: { id: "asc" } });
}

describe("a resolve event", () => {
  it("ends the open alert of its key, tells its recipients once, and lets the next trouble alert anew", async () => {
    const first = await stored({ dedupKey: "a" });
    await process(first);
    const resolve = await stored({ dedupKey: "a", action: "resolve" });
    const result = await process(resolve);
    await process(resolve);
    expect(await alertsOf(first)).toMatchObject([{ resolvedAt: expect.any(Date), deliveryDueAt: null }]);
    const [notice, ...more] = await alertsOf(resolve, "resolved");
    expect(more).toEqual([]);
    expect(notice).toMatchObject({
      title: expect.stringMatching(/^Resolved: /),
      priority: 5,
      recipientCount: 1,
    });
    expect(result.dueNotificationIds).toEqual([notice?.id]);
    const second = await stored({ dedupKey: "a" });
    await process(second);
    expect(await alertsOf(second)).toMatchObject([{ resolvedAt: null, occurrences: 1 }]);
  });

  it("ends an alert whose own event was deleted since", async () => {
    const trigger = await stored({ dedupKey: "old" });
    await process(trigger);
    const [alert] = await alertsOf(trigger);
    await ctx.db.event.delete({ where: { id: alert?.eventId ?? "" } });
    await process(await stored({ dedupKey: "old", action: "resolve" }));
    expect(await ctx.db.notification.findUnique({ where: { id: alert?.id ?? "" } })).toMatchObject({
      eventId: null,
      resolvedAt: expect.any(Date),
    });
  });

  it("of the same request as its trigger ends it, whichever is processed first", async () => {
    const [trigger, resolve] = await stored({ dedupKey: "b" }, { dedupKey: "b", action: "resolve" });
    await process([trigger, resolve].flatMap((entry) => entry ?? []));
    const [later, earlier] = await stored({ dedupKey: "c" }, { dedupKey: "c", action: "resolve" });
    for (const entry of [earlier, later]) await process(entry ? [entry] : []);
    for (const entry of [trigger, later]) {
      expect(await alertsOf(entry ? [entry] : [])).toMatchObject([
        { resolvedAt: expect.any(Date), deliveryDueAt: null },
      ]);
    }
  });

  it("of a batch that takes more than one INSERT ends its trigger, and the batch is received in its order", async () => {
    const keys = Array.from({ length: 30 }, (_, n) => `large-${n}`);
    const text = "x".repeat(150_000);
    const sent = await sendEvents(ctx, {
      events: [
        ...keys.map((dedupKey) => ({ type: "trouble", source: "ledger", dedupKey, payload: { text } })),
        ...keys.map((dedupKey) => ({ type: "trouble", source: "ledger", dedupKey, action: "resolve" })),
      ],
    });
    const ids = sent.results.flatMap((result) => ("id" in result ? [result.id] : []));
    const received = await ctx.db.event.findMany({
      where: { id: { in: ids } },
      select: { id: true },
      orderBy: [{ receivedAt: "asc" }, { id: "asc" }],
    });
    expect(received.map(({ id }) => id)).toEqual(ids);
    const entries = ids.map((eventId, n): StreamEntry => ({ kind: "stored", streamId: `2-${n}`, eventId }));
    await process(entries.slice(30));
    await process(entries.slice(0, 30));
    const alerts = await alertsOf(entries);
    expect(alerts).toHaveLength(30);
    expect(alerts.filter(({ resolvedAt }) => resolvedAt === null)).toEqual([]);
  });

  it("of another source or key ends nothing", async () => {
    const trigger = await stored({ dedupKey: "d" });
    await process(trigger);
    await process(
      await stored(
        { dedupKey: "d", source: "other", action: "resolve" },
        { dedupKey: "D", action: "resolve" },
      ),
    );
    expect(await alertsOf(trigger)).toMatchObject([{ resolvedAt: null }]);
  });

  it("ends no alert of an event that came after it", async () => {
    const resolve = await stored({ dedupKey: "e", action: "resolve" });
    const trigger = await stored({ dedupKey: "e" });
    await process([...trigger, ...resolve]);
    expect(await alertsOf(trigger)).toMatchObject([{ resolvedAt: null }]);
  });
});

describe("an acknowledge event", () => {
  it("acknowledges the open alert of its key and leaves its window open", async () => {
    const trigger = await stored({ dedupKey: "f" });
    await process(trigger);
    await process(await stored({ dedupKey: "f", action: "acknowledge" }));
    expect(await alertsOf(trigger)).toMatchObject([
      { acknowledgedAt: expect.any(Date), deliveryDueAt: null },
    ]);
    await process(await stored({ dedupKey: "f" }));
    expect(await alertsOf(trigger)).toMatchObject([{ occurrences: 2 }]);
  });
});

describe("a silence", () => {
  it("keeps events quiet that are received while it holds, says which one did, and ends when it is ended", async () => {
    const now = Date.now();
    const { id } = await createSilence(ctx, {
      condition: 'event.type == "trouble" && event.payload.host == "db1"',
      startsAt: new Date(now - 60_000).toISOString(),
      endsAt: new Date(now + 3_600_000).toISOString(),
      weekly: null,
      comment: "Maintenance",
    });
    const [quiet, loud] = [
      await stored({ payload: { host: "db1" } }),
      await stored({ payload: { host: "db2" } }),
    ];
    await process([...quiet, ...loud]);
    expect(await alertsOf(quiet)).toEqual([]);
    expect(await alertsOf(loud)).toHaveLength(1);
    const [entry] = quiet;
    const decision = await ctx.db.decisionLog.findFirst({
      where: { eventId: entry?.kind === "stored" ? entry.eventId : "" },
    });
    expect(decision).toMatchObject({ outcome: "silenced", silenceId: id });
    await endSilence(ctx, { id });
    await endSilence(ctx, { id });
    expect(await ctx.db.auditLog.count({ where: { resourceId: id, action: "silence.ended" } })).toBe(1);
    const after = await stored({ payload: { host: "db1" } });
    await process(after);
    expect(await alertsOf(after)).toHaveLength(1);
  });
});
