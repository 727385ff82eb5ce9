import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { afterAll, beforeAll, expect, it } from "vitest";
import { givenPastEvent, givenRow } from "../testing/given-past.ts";
import { createTestServices } from "../testing/test-services.ts";
import { waitingEvents } from "./waiting-events.ts";
import { waitingWork } from "./waiting-work.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let pool: Pool;

beforeAll(async () => {
  test = await createTestServices();
  ({ pool } = test.services);
});

afterAll(() => test.close());

it("every waiting event is found once, also where more than a chunk was received in the same millisecond", async () => {
  const at = new Date("2026-01-01T00:00:00.000Z");
  const ids = Array.from({ length: 2300 }, () => newId());
  await pool.insertMany(
    "INSERT INTO event (id, type, source, payload, status, bodyHash, receivedAt) VALUES (?, ?, ?, ?, ?, ?, ?)",
    ids.map((id) => [id, "x", "s", "{}", "received", Buffer.alloc(32), at]),
  );
  await givenPastEvent(pool, at);
  const later = await givenPastEvent(pool, new Date(), { status: "received" });
  const found: string[] = [];
  for await (const events of waitingEvents(pool, "received")) found.push(...events.map(({ id }) => id));
  expect(found).toEqual([...ids.toSorted(), later]);
});

it("all that is due, or will be, is found, soonest first, each with how long it still waits", async () => {
  const dueAt = new Date("2026-01-01T00:00:00.000Z");
  const past = Array.from({ length: 1500 }, () => newId());
  await pool.insertMany(
    "INSERT INTO push_delivery (notificationId, deviceId, userId, platform, dueAt) VALUES (?, ?, ?, ?, ?)",
    past.map((id) => [id, newId(), newId(), "fcm", dueAt]),
  );
  const [later, done, other] = [newId(), newId(), newId()];
  const push = { deviceId: newId(), userId: newId(), platform: "fcm" };
  const inAnHour = new Date(Date.now() + 3_600_000);
  await givenRow(pool, "push_delivery", { ...push, notificationId: later, dueAt: inAnHour });
  await givenRow(pool, "push_delivery", { ...push, notificationId: done, dueAt: null });
  await givenRow(pool, "push_delivery", { ...push, notificationId: other, platform: "apns", dueAt });
  const found: { id: string; delay: number }[] = [];
  for await (const work of waitingWork(pool, "fcm")) found.push(...work);
  expect(found.map(({ id }) => id)).toEqual([...past.toSorted(), later]);
  expect(found.slice(0, -1).every(({ delay }) => delay === 0)).toBe(true);
  expect(Math.round((found.at(-1)?.delay ?? 0) / 600_000)).toBe(6);
});
