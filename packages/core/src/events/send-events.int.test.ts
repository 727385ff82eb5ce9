import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventStreamKey } from "@tocsin/contracts/stream";
import { createPool } from "@tocsin/db/pool";
import type { Context } from "../context.ts";
import { actorOf } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { createEventIntake } from "./event-intake.ts";
import { sendEvents } from "./send-events.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  test = await createTestServices();
  ctx = test.contextOf(actorOf("0198c0de-0000-7000-8000-000000000000"));
});

afterAll(() => test.close());

const event = (some: object = {}) => ({ type: "a.b", source: "test", ...some });
const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });

async function streamed(): Promise<string[]> {
  const entries = await ctx.redis.xrange(eventStreamKey, "-", "+");
  return entries.map(([, fields]) => (JSON.parse(fields[1] ?? "{}") as { id: string }).id);
}

describe("a batch of events", () => {
  it("is answered, in order, once all of it is in the table and in the stream", async () => {
    const sent = await sendEvents(ctx, {
      events: Array.from({ length: 500 }, (_, n) => event({ payload: { n } })),
    });
    expect(sent).toMatchObject({ accepted: 500, duplicates: 0, refused: 0 });
    const ids = sent.results.map((result) => ("id" in result ? result.id : ""));
    const rows = await ctx.db.event.findMany({ where: { id: { in: ids } } });
    const payloadOf = new Map(rows.map(({ id, payload }) => [id, payload]));
    expect(ids.map((id) => payloadOf.get(id))).toEqual(Array.from({ length: 500 }, (_, n) => ({ n })));
    expect(await streamed()).toEqual(expect.arrayContaining(ids));
  });

  it("loses only what does not fit, and says where and why", async () => {
    const before = await ctx.db.event.count();
    const sent = await sendEvents(ctx, {
      events: [
        event(),
        event({ type: "" }),
        "nonsense",
        event({ payload: nested(32) }),
        event({ payload: { text: "é".repeat(262_144) } }),
        event({ severity: 1 }),
        event(),
      ],
    });
    expect(sent).toMatchObject({ accepted: 2, duplicates: 0, refused: 5 });
    const told = sent.results.map((result) =>
      "error" in result ? [result.error.code, result.error.errors?.[0]?.pointer] : result.outcome,
    );
    expect(told).toEqual([
      "accepted",
      ["VALIDATION_FAILED", "/events/1/type"],
      ["VALIDATION_FAILED", "/events/2"],
      ["VALIDATION_FAILED", "/events/3/payload"],
      ["PAYLOAD_TOO_LARGE", "/events/4"],
      ["VALIDATION_FAILED", "/events/5/severity"],
      "accepted",
    ]);
    expect(await ctx.db.event.count()).toBe(before + 2);
  });

  it("refuses by itself what expires before it happened, or when no event does", async () => {
    const from = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
    const sent = await sendEvents(ctx, {
      events: [
        event({ expiresAt: "0001-01-01T00:00:00Z" }),
        event({ occurredAt: from(-60), expiresAt: from(-61) }),
        event({ expiresAt: from(-20 * 60) }),
        event({ expiresAt: from(3654 * 86_400) }),
        event({ expiresAt: from(-10 * 60) }),
        event({ occurredAt: from(-7200), expiresAt: from(-3600) }),
        event({ expiresAt: from(3652 * 86_400) }),
      ],
    });
    const told = sent.results.map((result) =>
      "error" in result ? result.error.errors?.[0]?.pointer : result.outcome,
    );
    expect(told).toEqual([
      ...[0, 1, 2, 3].map((index) => `/events/${index}/expiresAt`),
      ...["accepted", "accepted", "accepted"],
    ]);
  });

  it("makes one event of those with one idempotency key, also over two batches", async () => {
    const keyed = event({ idempotencyKey: "batch" });
    const first = await sendEvents(ctx, { events: [keyed, keyed, event({ idempotencyKey: "other" })] });
    const second = await sendEvents(ctx, { events: [keyed, { ...keyed, payload: { n: 2 } }] });
    expect([first, second]).toMatchObject([
      { accepted: 2, duplicates: 1, refused: 0 },
      { accepted: 0, duplicates: 1, refused: 1 },
    ]);
    const [original] = first.results;
    expect(second.results).toMatchObject([
      { outcome: "duplicate", id: original && "id" in original ? original.id : "" },
      {
        outcome: "refused",
        error: { code: "IDEMPOTENCY_KEY_REUSED", status: 422, errors: [{ pointer: "/events/1" }] },
      },
    ]);
  });

  it("is UNAVAILABLE as a whole while MySQL is away, whatever else is wrong with some", async () => {
    const pool = createPool({ url: "mysql://nobody:nothing@127.0.0.1:1/none", acquireTimeout: 200 });
    const intake = createEventIntake({ pool, redis: ctx.redis, log: ctx.log, backlogLimit: 10 });
    await expect(sendEvents({ ...ctx, intake }, { events: [event(), "nonsense"] })).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryAfterSeconds: 1,
    });
    await intake.close();
    await pool.close();
  });

  it("is taken as far as the backlog has room; the rest is told to come again", async () => {
    const { pool, redis, log } = ctx;
    const intake = createEventIntake({ pool, redis, log, backlogLimit: 2 });
    const sent = await sendEvents({ ...ctx, intake }, { events: [event(), event(), event()] });
    expect(sent).toMatchObject({
      accepted: 2,
      refused: 1,
      results: [{}, {}, { outcome: "refused", error: { code: "UNAVAILABLE", status: 503 } }],
    });
    await intake.close();
  });
});
