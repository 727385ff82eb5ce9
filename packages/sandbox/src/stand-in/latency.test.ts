import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { createLatency, readLatency } from "./latency.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("answers at once unless told", async () => {
  expect(await createLatency().around(() => 7)).toBe(7);
});

it("takes as long as told, and does what the call is for somewhere in between", async () => {
  const latency = createLatency(() => 0.5);
  latency.set({ minMs: 100, maxMs: 300 });
  const effect = vi.fn(() => "done");
  const answered = vi.fn();
  const call = latency.around(effect).then(answered);
  await vi.advanceTimersByTimeAsync(99);
  expect(effect).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect([effect.mock.calls.length, answered.mock.calls.length]).toEqual([1, 0]);
  await vi.advanceTimersByTimeAsync(100);
  await call;
  expect(answered).toHaveBeenCalledWith("done");
});

it("fails as the call fails", async () => {
  const refuse = () => {
    throw new Error("refused");
  };
  await expect(createLatency().around(refuse)).rejects.toThrow("refused");
});

it.each([
  [{ minMs: -1 }],
  [{ minMs: 2, maxMs: 1 }],
  [{ minMs: 1.5 }],
  [{ maxMs: 600_001 }],
  [{ minMs: "1" }],
])("is refused as %j", (order) => {
  expect(() => readLatency(order)).toThrow("minMs and maxMs must be whole numbers");
});

it("reads one number as always the same", () => {
  expect(readLatency({ minMs: 300 })).toEqual({ minMs: 300, maxMs: 300 });
});
