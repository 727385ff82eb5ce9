import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { eventStreamKey } from "@tocsin/contracts/stream";
import { createTestServices } from "../testing/test-services.ts";
import { announceEvents } from "./announce-events.ts";
import { findOverdueEvents } from "./find-overdue-events.ts";
import { insertEvents } from "./insert-events.ts";
import { prepareEvent } from "./prepare-event.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;

beforeAll(async () => {
  test = await createTestServices();
});

afterAll(() => test.close());

beforeEach(async () => {
  await test.services.redis.del(eventStreamKey);
  await test.services.pool.query("DELETE FROM event");
});

/** An event received so many seconds ago. */
async function event(age: number, set = "status = status"): Promise<string> {
  const prepared = prepareEvent({ type: "a", source: "test", payload: {}, action: "trigger" }, "request-1");
  await insertEvents(test.services.pool, [prepared]);
  await test.services.pool.query(
    `UPDATE event SET receivedAt = UTC_TIMESTAMP(3) - INTERVAL ? SECOND, ${set} WHERE id = ?`,
    [age, prepared.id],
  );
  return prepared.id;
}

const find = async () => (await findOverdueEvents(test.services)).map(({ id }) => id);

it("finds events that never came into the stream, oldest first, once in a while", async () => {
  const [young, older, oldest] = [await event(1), await event(60), await event(120)];
  const found = await find();
  expect(found).toEqual([oldest, older]);
  expect(found).not.toContain(young);
  expect(await find()).toEqual([]);
});

it("finds failed events when their time has come, and no finished ones", async () => {
  const due = await event(60, "status = 'failed', nextAttemptAt = UTC_TIMESTAMP(3) - INTERVAL 1 SECOND");
  await event(60, "status = 'failed', nextAttemptAt = UTC_TIMESTAMP(3) + INTERVAL 60 SECOND");
  await event(60, "status = 'processed'");
  await event(60, "status = 'dead'");
  expect(await find()).toEqual([due]);
});

it("leaves alone what may still be waiting in the stream", async () => {
  const before = await event(60);
  const entryTime = Date.now() - 30_000;
  await test.services.redis.xadd(eventStreamKey, `${entryTime}-0`, "event", "{}");
  await event(20);
  expect(await find()).toEqual([before]);
});

it("what is put back is in the stream under its id", async () => {
  const id = await event(60);
  await announceEvents(test.services.redis, test.services.log, await findOverdueEvents(test.services));
  const entries = await test.services.redis.xrange(eventStreamKey, "-", "+");
  expect(entries.map(([, fields]) => JSON.parse(fields[1] ?? ""))).toEqual([
    { id, correlationId: "request-1", size: "{}".length },
  ]);
});
