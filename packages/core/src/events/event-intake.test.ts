import { setImmediate as turn } from "node:timers/promises";
import { sendEventInputSchema } from "@tocsin/contracts/api/events";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createEventIntake, type EventIntakeOptions } from "./event-intake.ts";
import { prepareEvent } from "./prepare-event.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/**
 * An intake into a table that takes every INSERT at once, and how many rows each of these had.
 * @param insert what else an INSERT does
 */
function scene(insert: () => void | Promise<void> = () => {}) {
  const inserts: number[] = [];
  const options = {
    pool: {
      async insertMany(_sql: string, rows: readonly unknown[]) {
        inserts.push(rows.length);
        await insert();
      },
    },
    redis: { eval: async () => null },
    log: { warn: () => {}, error: () => {} },
    backlogLimit: 1000,
  } as unknown as EventIntakeOptions;
  const intake = createEventIntake(options);
  const send = async (count: number, sender?: object) =>
    Promise.all(Array.from({ length: count }, () => intake.accept(event(), sender)));
  return { inserts, intake, send };
}

const event = () => prepareEvent(sendEventInputSchema.parse({ type: "a.b", source: "test" }), "request-1");

it("stores a lone event at once", async () => {
  const { inserts, send } = scene();
  await send(1);
  expect(inserts).toEqual([1]);
});

it("stores events that come within 4 ms of an INSERT together", async () => {
  const { inserts, send } = scene();
  await send(1);
  const first = send(2);
  await turn();
  vi.advanceTimersByTime(3);
  const second = send(1);
  await turn();
  expect(inserts).toEqual([1]);
  vi.advanceTimersByTime(1);
  await Promise.all([first, second]);
  expect(inserts).toEqual([1, 3]);
});

it.each([
  [19, [1]],
  [20, [1, 20]],
])("lets %s events that come together gather only if they are fewer than twenty", async (count, stored) => {
  const { inserts, intake, send } = scene();
  await send(1);
  const sent = send(count);
  await turn();
  await turn();
  expect(inserts).toEqual(stored);
  await intake.close();
  await sent;
});

it("stores the events of one request by one INSERT after the other, and those of others meanwhile", async () => {
  const { promise: firstIsDone, resolve: finishFirst } = Promise.withResolvers<void>();
  const pending = [firstIsDone];
  const { inserts, send } = scene(() => pending.shift());
  const request = {};
  const large = send(530, request);
  await turn();
  await turn();
  expect(inserts).toEqual([500]);
  const others = send(25);
  vi.advanceTimersByTime(4);
  await others;
  expect(inserts).toEqual([500, 25]);
  finishFirst();
  vi.advanceTimersByTime(4);
  await large;
  expect(inserts).toEqual([500, 25, 30]);
});

it("stores what gathers at once when it is closed", async () => {
  const { inserts, intake, send } = scene();
  await send(1);
  const sent = send(2);
  await turn();
  await intake.close();
  await sent;
  expect(inserts).toEqual([1, 2]);
});

it("knows what the last INSERT failed with, until one is done or five seconds have passed", async () => {
  let error: Error | undefined = Object.assign(new Error("The table 'event' is full"), { errno: 1114 });
  const { intake, send } = scene(() => {
    if (error) throw error;
  });
  const now = vi.spyOn(performance, "now").mockReturnValue(10_000);
  try {
    expect(intake.trouble()).toBeUndefined();
    await expect(send(1)).rejects.toThrow("cannot be stored");
    expect(intake.trouble()).toBe(error);
    now.mockReturnValue(14_999);
    expect(intake.trouble()).toBe(error);
    now.mockReturnValue(15_000);
    expect(intake.trouble()).toBeUndefined();

    vi.advanceTimersByTime(4);
    await expect(send(1)).rejects.toThrow("cannot be stored");
    expect(intake.trouble()).toBe(error);
    error = undefined;
    vi.advanceTimersByTime(4);
    await send(1);
    expect(intake.trouble()).toBeUndefined();
  } finally {
    now.mockRestore();
  }
});
