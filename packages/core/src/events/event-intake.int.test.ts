import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { sendEventInputSchema, type SendEventInput } from "@tocsin/contracts/api/events";
import { eventStreamKey } from "@tocsin/contracts/stream";
import { createPool } from "@tocsin/db/pool";
import { startCuttingProxy } from "@tocsin/sandbox/testing/cutting-proxy";
import { Redis } from "ioredis";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { createTestServices } from "../testing/test-services.ts";
import { createEventIntake } from "./event-intake.ts";
import { prepareEvent } from "./prepare-event.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;

beforeAll(async () => {
  test = await createTestServices();
});

afterAll(() => test.close());

const event = (some: Partial<SendEventInput> = {}) =>
  prepareEvent(sendEventInputSchema.parse({ type: "a.b", source: "test", ...some }), "request-1");
const rowOf = (id: string) => test.services.db.event.findUnique({ where: { id } });

async function streamed(): Promise<string[]> {
  const entries = await test.services.redis.xrange(eventStreamKey, "-", "+");
  return entries.map(([, fields]) => (JSON.parse(fields[1] ?? "{}") as { id: string }).id);
}

describe("the event intake", () => {
  it("answers once the event is in the table, and puts it into the stream", async () => {
    const sent = event({
      payload: { amount: 1, text: "Zürich 🔔" },
      dedupKey: "d",
      occurredAt: "2026-01-01T10:00:00+02:00",
    });
    expect(await test.services.intake.accept(sent)).toEqual({
      id: sent.id,
      status: "received",
      duplicate: false,
    });
    expect(await rowOf(sent.id)).toMatchObject({
      payload: { amount: 1, text: "Zürich 🔔" },
      dedupKey: "d",
      status: "received",
      correlationId: "request-1",
      occurredAt: new Date("2026-01-01T08:00:00Z"),
    });
    await eventually(async () => expect(await streamed()).toContain(sent.id));
  });

  it("stores every event of many concurrent requests", async () => {
    const events = Array.from({ length: 1500 }, () => event());
    const answers = await Promise.all(events.map((one) => test.services.intake.accept(one)));
    expect(answers.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
    expect(await test.services.db.event.count({ where: { id: { in: events.map(({ id }) => id) } } })).toBe(
      1500,
    );
  });

  it.each([
    ["commit", 0],
    ["keys' holders", 1],
  ])("answers for events whose %s were not heard of: they are stored once", async (_what, answers) => {
    const url = new URL(test.databaseUrl);
    const proxy = await startCuttingProxy(Number(url.port));
    url.port = String(proxy.port);
    const pool = createPool({ url: url.href });
    const { redis, log } = test.services;
    const intake = createEventIntake({ pool, redis, log, backlogLimit: 100 });
    await intake.accept(event());
    const keyed = event({ idempotencyKey: `lost ${answers}` });
    proxy.loseAnswerAfter(answers);
    const sent = await Promise.all([intake.accept(event()), intake.accept(keyed)]);
    expect(sent.map(({ duplicate }) => duplicate)).toEqual([false, false]);
    expect(proxy.hasLost()).toBe(true);
    for (const { id } of sent) {
      expect(await rowOf(id)).toMatchObject({ status: "received" });
      await eventually(async () => expect((await streamed()).filter((one) => one === id)).toHaveLength(1));
    }
    await pool.close();
    await proxy.close();
  });

  it("refuses while MySQL hangs: who waits for an INSERT after a while, all others at once", async () => {
    const { pool, redis, log } = test.services;
    const intake = createEventIntake({ pool, redis, log, backlogLimit: 100, patienceMs: 200 });
    const hanging = event();
    await pool.transaction("READ COMMITTED", async (connection) => {
      await connection.query("LOCK TABLES event WRITE");
      await expect(intake.accept(hanging)).rejects.toMatchObject({
        code: "UNAVAILABLE",
        message: expect.stringContaining("Nobody knows") as string,
      });
      await expect(intake.accept(event())).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await connection.query("UNLOCK TABLES");
    });
    const next = event();
    await eventually(() => intake.accept(next));
    expect(await rowOf(next.id)).toMatchObject({ status: "received" });
    await eventually(async () => expect(await rowOf(hanging.id)).toMatchObject({ status: "received" }));
  });

  it("makes one event of equal ones with the same idempotency key, sent together or later", async () => {
    const input = { idempotencyKey: "same", payload: { n: 1 } };
    const together = await Promise.all(
      Array.from({ length: 20 }, () => test.services.intake.accept(event(input))),
    );
    const later = await test.services.intake.accept(event(input));
    const ids = new Set([...together, later].map(({ id }) => id));
    expect(ids.size).toBe(1);
    expect(together.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    expect(later.duplicate).toBe(true);
    await eventually(async () => expect((await streamed()).filter((id) => ids.has(id))).toHaveLength(1));
  });

  it("refuses another body with the same key, and only that one", async () => {
    await test.services.intake.accept(event({ idempotencyKey: "other", payload: { n: 1 } }));
    const [refused, accepted] = await Promise.allSettled([
      test.services.intake.accept(event({ idempotencyKey: "other", payload: { n: 2 } })),
      test.services.intake.accept(event()),
    ]);
    expect(refused).toMatchObject({ status: "rejected", reason: { code: "IDEMPOTENCY_KEY_REUSED" } });
    expect(accepted.status).toBe("fulfilled");
  });

  it("takes the same key from two sources, and keys that differ only in an accent, for different ones", async () => {
    const answers = await Promise.all([
      test.services.intake.accept(event({ idempotencyKey: "Zürich", source: "one" })),
      test.services.intake.accept(event({ idempotencyKey: "Zürich", source: "two" })),
      test.services.intake.accept(event({ idempotencyKey: "Zurich", source: "one" })),
    ]);
    expect(answers.map(({ duplicate }) => duplicate)).toEqual([false, false, false]);
  });

  it("refuses an event that does not fit the table, and stores the others of its batch", async () => {
    const good = [event(), event()];
    const bad = { ...event(), type: "x".repeat(101) };
    const [first, refused, last] = await Promise.allSettled(
      [good[0], bad, good[1]].map((one) => test.services.intake.accept(one ?? event())),
    );
    expect(refused).toMatchObject({ status: "rejected", reason: { code: "VALIDATION_FAILED" } });
    expect([first?.status, last?.status]).toEqual(["fulfilled", "fulfilled"]);
  });

  it("accepts events while Redis is away", async () => {
    const redis = new Redis("redis://127.0.0.1:1", {
      enableOfflineQueue: false,
      lazyConnect: true,
      retryStrategy: () => null,
    });
    redis.on("error", () => undefined);
    const intake = createEventIntake({
      pool: test.services.pool,
      redis,
      log: test.services.log,
      backlogLimit: 10,
    });
    const sent = event();
    expect(await intake.accept(sent)).toMatchObject({ id: sent.id, duplicate: false });
    expect(await rowOf(sent.id)).toMatchObject({ status: "received" });
    await intake.close();
    redis.disconnect();
  });

  it("answers before Redis has taken the event, and closes only after that", async () => {
    const { pool, redis, log } = test.services;
    const frozen = redis.duplicate();
    const intake = createEventIntake({ pool, redis: frozen, log, backlogLimit: 10 });
    const taking = Promise.withResolvers<unknown>();
    const addToStream = frozen.eval.bind(frozen) as (...parts: unknown[]) => Promise<unknown>;
    Object.assign(frozen, {
      eval: (...parts: unknown[]) => taking.promise.then(() => addToStream(...parts)),
    });
    const sent = event();
    expect(await intake.accept(sent)).toMatchObject({ id: sent.id, duplicate: false });
    expect(await streamed()).not.toContain(sent.id);
    const closing = intake.close();
    taking.resolve(undefined);
    await closing;
    expect(await streamed()).toContain(sent.id);
    frozen.disconnect();
  });

  it("answers UNAVAILABLE while MySQL is away", async () => {
    const pool = createPool({ url: "mysql://nobody:nothing@127.0.0.1:1/none", acquireTimeout: 200 });
    const { redis, log } = test.services;
    const intake = createEventIntake({ pool, redis, log, backlogLimit: 10 });
    await expect(intake.accept(event())).rejects.toMatchObject({ code: "UNAVAILABLE", retryAfterSeconds: 1 });
    await intake.close();
    await pool.close();
  });

  it("refuses what would wait beyond its limit, at once, and takes the rest", async () => {
    const { pool, redis, log } = test.services;
    const intake = createEventIntake({ pool, redis, log, backlogLimit: 3 });
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => intake.accept(event())));
    expect(outcomes.map(({ status }) => status)).toEqual([
      "fulfilled",
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
    ]);
    expect(outcomes[3]).toMatchObject({ reason: { code: "UNAVAILABLE" } });
    await intake.close();
  });

  it("answers what it has taken before it closes, and takes nothing more", async () => {
    const { pool, redis, log } = test.services;
    const intake = createEventIntake({ pool, redis, log, backlogLimit: 10 });
    const accepted = intake.accept(event());
    await intake.close();
    await expect(accepted).resolves.toMatchObject({ duplicate: false });
    await expect(intake.accept(event())).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});
