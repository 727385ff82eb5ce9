import type { RawEntry } from "@tocsin/core/pipeline/stream-entry";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { describe, expect, it } from "vitest";
import { type ConsumerServices, consumeEvents } from "./consume-events.ts";

/** As many as one transaction deals with. */
const full = 500;

const pointerTo = (id: string, size: number) => JSON.stringify({ id, correlationId: null, size });

/** A stream of so many entries, and what becomes of them. Processing an entry waits for `release`. */
function scene(entries: number, size = 800) {
  const waiting = Array.from({ length: entries }, (_, index): RawEntry => ({
    streamId: `${index}-0`,
    fields: ["event", pointerTo(`0198c0de-0000-7000-8000-${String(index).padStart(12, "0")}`, size)],
  }));
  const [finished, unfinished, warnings]: [string[], RawEntry[][], string[]] = [[], [], []];
  const held: (() => void)[] = [];
  const state = { underWay: 0, most: 0, unfinishedReads: 0, failNext: false };
  const services = {
    log: { debug: () => {}, info: () => {}, error: () => {}, warn: (text: string) => warnings.push(text) },
    redis: {},
    stormDefaults: { limit: 1, windowSeconds: 1 },
    metrics: { batchProcessed: () => {} },
    snapshots: { current: async () => ({}) },
    ownDeliveries: { begin: () => {} },
    wakeUps: { deliver: async () => {} },
    storms: { wakeFirst: async () => {} },
    retries: { wake: async () => {} },
    pool: {
      insertMany: async () => {},
      // The only statement: all events are processed already, so that there is nothing to decide.
      async query(_sql: string, ids: readonly string[]) {
        state.underWay += 1;
        state.most = Math.max(state.most, state.underWay);
        await new Promise<void>((resolve) => held.push(resolve));
        state.underWay -= 1;
        if (state.failNext) {
          state.failNext = false;
          throw Object.assign(new Error("gone"), { code: "ECONNREFUSED" });
        }
        return ids.map((id) => ({
          id,
          status: "processed",
          action: "resolve",
          receivedAt: new Date(),
          payload: "{}",
          payloadText: null,
        }));
      },
    },
    stream: {
      async readNew(count: number) {
        const some = waiting.splice(0, count);
        if (some.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        return some;
      },
      async readUnfinished() {
        state.unfinishedReads += 1;
        expect(state.underWay).toBe(0);
        return unfinished.shift() ?? [];
      },
      claimAbandoned: async () => [],
      finish: async (ids: readonly string[]) => void finished.push(...ids),
    },
  } as unknown as ConsumerServices;
  return { services, state, finished, unfinished, warnings, held, waiting };
}

describe("the consumer", () => {
  it("has two batches under way while there is so much to do, and never three", async () => {
    const { services, state, finished, held } = scene(full * 6);
    const consumer = consumeEvents(services);
    for (let batch = 0; batch < 6; batch += 1) {
      await eventually(() => expect(held.length).toBeGreaterThan(0));
      held.shift()?.();
    }
    await consumer.stop();
    expect(state.most).toBe(2);
    expect(new Set(finished).size).toBe(full * 6);
  });

  it("holds two batches of eight events where they are large, and finishes all of them", async () => {
    const { services, state, finished, held } = scene(100, 500_000);
    const consumer = consumeEvents(services);
    for (let batch = 0; batch < 13; batch += 1) {
      await eventually(() => expect(held.length).toBeGreaterThan(0));
      held.shift()?.();
    }
    await consumer.stop();
    expect(state.most).toBe(2);
    expect(finished).toHaveLength(100);
  });

  it("has one batch under way where the stream holds no more", async () => {
    const { services, state, finished, held, waiting } = scene(full - 1);
    const consumer = consumeEvents(services);
    await eventually(() => expect(held).toHaveLength(1));
    waiting.push({ streamId: "9999-0", fields: [] });
    held.shift()?.();
    await eventually(() => expect(held.length + finished.length).toBeGreaterThan(full - 1));
    held.shift()?.();
    await consumer.stop();
    expect(state.most).toBe(1);
  });

  it("finishes what is under way before it stops", async () => {
    const { services, finished, held } = scene(full * 2);
    const consumer = consumeEvents(services);
    await eventually(() => expect(held).toHaveLength(2));
    const stopped = consumer.stop();
    for (const release of held.splice(0)) release();
    await stopped;
    expect(finished).toHaveLength(full * 2);
  });

  it("leaves the entries of a batch that MySQL refused, and reads them again once the other batch is done", async () => {
    const { services, state, finished, unfinished, warnings, held, waiting } = scene(full * 2);
    const lost = waiting.slice(0, full);
    const consumer = consumeEvents(services);
    await eventually(() => expect(held).toHaveLength(2));
    const readsBefore = state.unfinishedReads;
    state.failNext = true;
    unfinished.push(lost);
    held.shift()?.();
    held.shift()?.();
    await eventually(() => expect(warnings).toHaveLength(1));
    await eventually(() => expect(held).toHaveLength(1));
    expect(finished).toEqual(Array.from({ length: full }, (_, index) => `${index + full}-0`));
    held.shift()?.();
    await eventually(() => expect(finished).toHaveLength(full * 2));
    expect(state.unfinishedReads).toBeGreaterThan(readsBefore);
    await consumer.stop();
  });
});
