import { listEventsInputSchema } from "@tocsin/contracts/api/events";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { failEvent } from "../pipeline/fail-event.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import type { StreamEntry } from "../pipeline/stream-entry.ts";
import { actorOf } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { explainEvent } from "./explain-event.ts";
import { getEvent } from "./get-event.ts";
import { insertEvents } from "./insert-events.ts";
import { listEvents } from "./list-events.ts";
import { prepareEvent } from "./prepare-event.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ctx: Context;

beforeAll(async () => {
  test = await createTestServices();
  ctx = test.contextOf(actorOf(newId()));
});

afterAll(() => test.close());

const expiresAt = "2026-11-23T08:30:00.000Z";

/** An event, and its entry in the stream. */
async function stored(): Promise<{ id: string; entry: StreamEntry }> {
  const event = prepareEvent(
    { type: "a.b", source: "test", payload: {}, action: "trigger", expiresAt },
    null,
  );
  await insertEvents(ctx.pool, [event]);
  return { id: event.id, entry: { kind: "stored", streamId: "1-1", eventId: event.id } };
}

describe("a key that is bound to a source", () => {
  const boundTo = (source: string): Context =>
    test.contextOf({
      type: "api_key",
      id: newId(),
      label: "A key",
      permissions: ["events:read", "rules:read"],
      source,
    });

  it("sees events of that source, and of no other that they are there", async () => {
    const { id } = await stored();
    const [own, other] = [boundTo("test"), boundTo("elsewhere")];
    expect(await getEvent(own, { id })).toMatchObject({ id });
    expect(await explainEvent(own, { id })).toMatchObject({ eventId: id });
    const notFound = { code: "EVENT_NOT_FOUND" };
    await expect(getEvent(other, { id })).rejects.toMatchObject(notFound);
    await expect(explainEvent(other, { id })).rejects.toMatchObject(notFound);
    const listedFor = async (by: Context, some: object = {}) =>
      (await listEvents(by, listEventsInputSchema.parse({ type: "a.b", ...some }))).items.map(
        (event) => event.id,
      );
    expect(await listedFor(own)).toContain(id);
    expect(await listedFor(test.contextOf(actorOf("events:read")))).toContain(id);
    expect(await listedFor(other)).toEqual([]);
    expect(await listedFor(other, { source: "test" })).toEqual([]);
    await expect(listEvents(other, listEventsInputSchema.parse({}))).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
    });
  });
});

describe("an event", () => {
  it("that failed says why, and when it is tried again, before it is dead", async () => {
    const { id, entry } = await stored();
    const before = await getEvent(ctx, { id });
    expect(before).toMatchObject({ attempts: 0, lastError: null, nextAttemptAt: null, expiresAt });
    await failEvent(ctx.pool, entry, new Error("Value out of range"));
    const failed = await getEvent(ctx, { id });
    expect(failed).toMatchObject({ status: "failed", attempts: 1, lastError: "Value out of range" });
    expect(Date.parse(failed.nextAttemptAt ?? "")).toBeGreaterThan(Date.parse(failed.receivedAt));
    const { items } = await listEvents(ctx, listEventsInputSchema.parse({ status: "failed" }));
    const { payload: _payload, matches: _matches, ...listed } = failed;
    expect(items).toEqual([listed]);
  });

  it("that was processed at a later try keeps its last error, and is not due any more", async () => {
    const { id, entry } = await stored();
    await failEvent(ctx.pool, entry, new Error("Value out of range"));
    await processBatch(test.pipeline, [entry]);
    expect(await getEvent(ctx, { id })).toMatchObject({
      ...{ status: "processed", attempts: 1, lastError: "Value out of range", nextAttemptAt: null },
    });
  });
});
