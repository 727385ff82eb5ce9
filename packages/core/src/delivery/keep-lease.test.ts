import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { DeliveryTarget } from "./channel.ts";
import { keepLease } from "./keep-lease.ts";
import { type Lease, newLease } from "./lease.ts";

beforeEach(() => {
  vi.useFakeTimers();
  warn.mockClear();
});
afterEach(() => void vi.useRealTimers());

const warn = vi.fn();
const log = { debug: vi.fn(), info: vi.fn(), warn, error: vi.fn() };
const under = (lease: Lease) => ({ lease, name: "delivery", log });

const target = (deliveryId: string): DeliveryTarget => ({ id: "u", address: "a", deliveryId });
const after = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

it("prolongs the lease as long as the work takes, and no longer", async () => {
  const prolong = vi.fn(() => Promise.resolve(new Set(["d"])));
  const kept = keepLease(under(newLease(10_000)), prolong, async (mayCall) => {
    await after(60_000);
    return mayCall(target("d"));
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(await kept).toBe(true);
  const asked = prolong.mock.calls.length;
  expect(asked).toBeGreaterThan(60);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(prolong).toHaveBeenCalledTimes(asked);
});

it("lets no call begin of what it holds no more", async () => {
  const kept = keepLease(
    under(newLease(10_000)),
    () => Promise.resolve(new Set(["held"])),
    async (mayCall) => {
      const before = [mayCall(target("held")), mayCall(target("acknowledged"))];
      await after(1_000);
      return [before, [mayCall(target("held")), mayCall(target("acknowledged"))]];
    },
  );
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await kept).toEqual([
    [true, true],
    [true, false],
  ]);
});

it("lets no call begin in the second half of a lease that could not be prolonged", async () => {
  const kept = keepLease(
    under(newLease(10_000)),
    () => Promise.reject(new Error("The database is away")),
    async (mayCall) => {
      await after(4_999);
      const early = mayCall(target("d"));
      await after(1);
      return [early, mayCall(target("d"))];
    },
  );
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await kept).toEqual([true, false]);
});

it("says once that a lease could not be prolonged, and of which work", async () => {
  const error = new Error("The database is away");
  const lease = newLease(10_000);
  const kept = keepLease(
    under(lease),
    () => Promise.reject(error),
    () => after(5_000),
  );
  await vi.advanceTimersByTimeAsync(5_000);
  await kept;
  expect(warn.mock.calls).toEqual([
    ["A lease could not be prolonged", { work: "delivery", lease: lease.id, error }],
  ]);
});

it("says nothing of a lease that is prolonged", async () => {
  const kept = keepLease(
    under(newLease(10_000)),
    () => Promise.resolve(new Set<string>()),
    () => after(5_000),
  );
  await vi.advanceTimersByTimeAsync(5_000);
  await kept;
  expect(warn).not.toHaveBeenCalled();
});

it("counts a lease from before it was written down, however late the work begins", async () => {
  const lease = newLease(10_000);
  await vi.advanceTimersByTimeAsync(5_000);
  const never = () => new Promise<ReadonlySet<string>>(() => {});
  expect(await keepLease(under(lease), never, (mayCall) => Promise.resolve(mayCall(target("d"))))).toBe(
    false,
  );
});

it("is not moved by a wall clock that jumps", async () => {
  const kept = keepLease(
    under(newLease(10_000)),
    () => Promise.resolve(new Set(["d"])),
    async (mayCall) => {
      vi.setSystemTime(Date.now() + 7_200_000);
      const ahead = mayCall(target("d"));
      vi.setSystemTime(Date.now() - 14_400_000);
      await after(1_000);
      return [ahead, mayCall(target("d"))];
    },
  );
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await kept).toEqual([true, true]);
});
