import { listDeadLettersInputSchema } from "@tocsin/contracts/api/dead-letters";
import { eventStreamField, eventStreamKey } from "@tocsin/contracts/stream";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { deadLetter } from "../pipeline/dead-letter.ts";
import { failEvent } from "../pipeline/fail-event.ts";
import { maximumAttempts } from "../pipeline/next-attempt.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { readEntry } from "../pipeline/stream-entry.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { discardDeadLetter } from "./discard-dead-letter.ts";
import { listDeadLetters } from "./list-dead-letters.ts";
import { redriveAllDeadLetters } from "./redrive-all-dead-letters.ts";
import { redriveDeadLetter } from "./redrive-dead-letter.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  ctx = test.contextOf(actorOf(await givenUser(db, [await givenRole(db, "Operator")])));
  await givenRule(ctx, { condition: 'event.type == "dead"', targetRoles: ["Operator"] });
});

afterAll(() => test.close());

/** An event that failed for the last time, and its dead letter. */
async function givenDeadEvent(): Promise<{ eventId: string; letterId: string }> {
  const event = prepareEvent({ type: "dead", source: "test", payload: {}, action: "trigger" }, null);
  await insertEvents(ctx.pool, [event]);
  await failForGood(event.id);
  const letter = await ctx.db.deadLetter.findUniqueOrThrow({ where: { eventId: event.id } });
  return { eventId: event.id, letterId: letter.id };
}

async function failForGood(eventId: string): Promise<void> {
  await ctx.db.event.update({ where: { id: eventId }, data: { attempts: maximumAttempts - 1 } });
  await failEvent(ctx.pool, { kind: "stored", streamId: "1-1", eventId }, new Error("broken"));
}

/** A stream entry that was put aside before it was an event. */
async function givenDeadEntry(body: string): Promise<{ streamId: string; letterId: string }> {
  const streamId = `${Date.now()}-${Math.trunc(Number.parseInt(newId().slice(-6), 16))}`;
  await deadLetter(ctx.pool, [{ eventId: null, streamId, body, error: "broken", attempts: 1 }]);
  const letter = await ctx.db.deadLetter.findUniqueOrThrow({ where: { streamId } });
  return { streamId, letterId: letter.id };
}

const auditOf = (resourceId: string) => ctx.db.auditLog.findMany({ where: { resourceId } });
const streamLength = () => ctx.redis.xlen(eventStreamKey);

describe("redriving a dead letter", () => {
  it("gives its event back to the pipeline once, which then raises its alert, with one line in the audit log", async () => {
    const { eventId, letterId } = await givenDeadEvent();
    const before = await streamLength();
    const [first, second] = [
      await redriveDeadLetter(ctx, { id: letterId }),
      await redriveDeadLetter(ctx, { id: letterId }),
    ];
    expect(first).toMatchObject({ status: "redriven", eventId });
    expect(second).toEqual(first);
    expect(await streamLength()).toBe(before + 1);
    expect(await ctx.db.event.findUnique({ where: { id: eventId } })).toMatchObject({
      status: "received",
      attempts: 0,
    });
    await processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId }]);
    expect(await ctx.db.notification.count({ where: { eventId } })).toBe(1);
    expect(await auditOf(letterId)).toHaveLength(1);
  });

  it("a second time changes nothing about an event that was processed, or has been tried, since", async () => {
    const { eventId, letterId } = await givenDeadEvent();
    await redriveDeadLetter(ctx, { id: letterId });
    const stateOf = () =>
      ctx.db.event.findUniqueOrThrow({
        where: { id: eventId },
        select: { status: true, attempts: true, nextAttemptAt: true },
      });
    const tried = { status: "failed", attempts: 3, nextAttemptAt: new Date("2030-01-01T00:00:00Z") } as const;
    await ctx.db.event.update({ where: { id: eventId }, data: tried });
    await redriveDeadLetter(ctx, { id: letterId });
    expect(await stateOf()).toEqual(tried);
    await processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId }]);
    const processed = await stateOf();
    await redriveDeadLetter(ctx, { id: letterId });
    expect(await stateOf()).toEqual(processed);
    expect(processed.status).toBe("processed");
  });

  it("that was an entry of the stream and was discarded is refused, and stores no event", async () => {
    const body = JSON.stringify({ type: "dead.discarded", source: "ledger", payload: {} });
    const { letterId } = await givenDeadEntry(body);
    await discardDeadLetter(ctx, { id: letterId });
    await expect(redriveDeadLetter(ctx, { id: letterId })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await ctx.db.event.count({ where: { type: "dead.discarded" } })).toBe(0);
  });

  it("whose event fails for good again opens it again", async () => {
    const { eventId, letterId } = await givenDeadEvent();
    await redriveDeadLetter(ctx, { id: letterId });
    await failForGood(eventId);
    expect(await ctx.db.deadLetter.findUnique({ where: { id: letterId } })).toMatchObject({
      status: "open",
      closedAt: null,
      closedBy: null,
    });
  });

  it("stores an event that came straight through the stream, under the id that its entry always had", async () => {
    const body = JSON.stringify({ type: "dead.direct", source: "ledger", payload: { amount: 1 } });
    const { letterId } = await givenDeadEntry(body);
    await redriveDeadLetter(ctx, { id: letterId });
    await redriveDeadLetter(ctx, { id: letterId });
    const stored = await ctx.db.event.findMany({ where: { type: "dead.direct" } });
    expect(stored).toMatchObject([{ source: "ledger", status: "received" }]);
  });

  it("that holds no event is refused, and stays open", async () => {
    const { letterId } = await givenDeadEntry("event nonsense");
    await expect(redriveDeadLetter(ctx, { id: letterId })).rejects.toMatchObject({
      code: "DEAD_LETTER_NOT_REDRIVABLE",
    });
    expect(await ctx.db.deadLetter.findUnique({ where: { id: letterId } })).toMatchObject({ status: "open" });
  });

  it("that was discarded is refused and changes nothing", async () => {
    const { eventId, letterId } = await givenDeadEvent();
    await discardDeadLetter(ctx, { id: letterId });
    await expect(redriveDeadLetter(ctx, { id: letterId })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await ctx.db.event.findUnique({ where: { id: eventId } })).toMatchObject({ status: "dead" });
  });

  it("that is not there is refused", async () => {
    await expect(redriveDeadLetter(ctx, { id: newId() })).rejects.toMatchObject({
      code: "DEAD_LETTER_NOT_FOUND",
    });
  });
});

describe("an entry of the stream that the API would refuse", () => {
  const refused = {
    "resolves nothing": '{"type":"dead","source":"ledger","action":"resolve"}',
    "has a forbidden name": '{"type":"dead","source":"ledger","payload":{"__proto__":{}}}',
    "nests too deeply": `{"type":"dead","source":"ledger","payload":${'{"a":'.repeat(31)}{}${"}".repeat(31)}}`,
  };

  it.each(Object.entries(refused))("since it %s is put aside, with the reason", async (_why, body) => {
    const before = await ctx.db.event.count();
    const streamId = `${Date.now()}-${body.length}`;
    await processBatch(test.pipeline, [readEntry({ streamId, fields: [eventStreamField, body] })]);
    expect(await ctx.db.deadLetter.findUnique({ where: { streamId } })).toMatchObject({
      ...{
        eventId: null,
        status: "open",
        error: expect.stringMatching(
          /→ at (payload|dedupKey)$|^\/payload\/__proto__: |deeper than 32 levels$/,
        ),
      },
    });
    expect(await ctx.db.event.count()).toBe(before);
  });
});

describe("discarding a dead letter", () => {
  it("twice is the same as once; redriven ones are refused", async () => {
    const [first, other] = [await givenDeadEvent(), await givenDeadEvent()];
    const discarded = await discardDeadLetter(ctx, { id: first.letterId });
    expect(await discardDeadLetter(ctx, { id: first.letterId })).toEqual(discarded);
    expect(await auditOf(first.letterId)).toHaveLength(1);
    await redriveDeadLetter(ctx, { id: other.letterId });
    await expect(discardDeadLetter(ctx, { id: other.letterId })).rejects.toMatchObject({ code: "CONFLICT" });
  });
});

describe("redriving all dead letters", () => {
  it("gives back every open event, by two people at once each only once", async () => {
    await redriveAllDeadLetters(ctx);
    const dead = await Promise.all(Array.from({ length: 5 }, givenDeadEvent));
    const results = await Promise.all([redriveAllDeadLetters(ctx), redriveAllDeadLetters(ctx)]);
    expect(results.map(({ remaining }) => remaining)).toEqual([0, 0]);
    expect(results.map(({ redriven }) => redriven).toSorted((a, b) => a - b)).toEqual([0, 5]);
    const events = await ctx.db.event.findMany({ where: { id: { in: dead.map(({ eventId }) => eventId) } } });
    expect(events.map(({ status }) => status)).toEqual(dead.map(() => "received"));
  });

  it("leaves entries of the stream that were never stored, whether they hold an event or not, and does not count them", async () => {
    await redriveAllDeadLetters(ctx);
    const entries = [
      await givenDeadEntry("event nonsense"),
      await givenDeadEntry(JSON.stringify({ type: "dead.left", source: "ledger" })),
    ];
    expect(await redriveAllDeadLetters(ctx)).toEqual({ redriven: 0, remaining: 0 });
    const left = await ctx.db.deadLetter.findMany({
      where: { id: { in: entries.map(({ letterId }) => letterId) } },
    });
    expect(left.map(({ status }) => status)).toEqual(["open", "open"]);
  });
});

describe("the list of dead letters", () => {
  it("shows the newest first, of one status, page by page", async () => {
    const letters = await Promise.all(Array.from({ length: 3 }, givenDeadEvent));
    const input = (some: object) => listDeadLettersInputSchema.parse({ status: "open", limit: 2, ...some });
    const first = await listDeadLetters(ctx, input({}));
    const second = await listDeadLetters(ctx, input({ cursor: first.nextCursor }));
    const shown = [...first.items, ...second.items].map(({ id }) => id);
    expect(shown).toEqual(shown.toSorted().toReversed());
    expect(shown).toEqual(expect.arrayContaining(letters.map(({ letterId }) => letterId)));
    expect(first.total).toBe(await ctx.db.deadLetter.count({ where: { status: "open" } }));
  });
});
