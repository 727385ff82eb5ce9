import type { DeliveryOutcome } from "@tocsin/core/delivery/channel";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { failuresToOpen } from "./circuit-breaker.ts";
import { createProviderCalls } from "./provider-calls.ts";

const accepted: DeliveryOutcome = { status: "accepted", providerId: null };
const away: DeliveryOutcome = { status: "transient", errorCode: "network", message: "", retryAfterMs: null };
const refused: DeliveryOutcome = { status: "permanent", errorCode: "http_400", message: "" };
const always = () => true;

/** A call that is answered after so long. */
const answeredAfter = (ms: number) => () =>
  new Promise<DeliveryOutcome>((resolve) => setTimeout(() => resolve(accepted), ms));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("calls to a provider", () => {
  it("have their time from when they are made, however long they waited for their turn", async () => {
    const calls = createProviderCalls({ concurrent: 2, timeoutMs: 1_000 });
    const outcomes = Promise.all(Array.from({ length: 20 }, () => calls.make(always, answeredAfter(900))));
    await vi.advanceTimersByTimeAsync(9_000);
    expect(new Set((await outcomes).map(({ status }) => status))).toEqual(new Set(["accepted"]));
  });

  it("are never more at once, also where their SDK goes on after their time is over", async () => {
    const calls = createProviderCalls({ concurrent: 2, timeoutMs: 1_000 });
    let [underWay, most] = [0, 0];
    const slow = async () => {
      most = Math.max(most, (underWay += 1));
      const outcome = await answeredAfter(5_000)();
      underWay -= 1;
      return outcome;
    };
    const outcomes = Promise.all(Array.from({ length: 6 }, () => calls.make(always, slow)));
    await vi.advanceTimersByTimeAsync(15_000);
    expect((await outcomes).map((outcome) => "errorCode" in outcome && outcome.errorCode)).toEqual(
      Array.from({ length: 6 }, () => "timeout"),
    );
    expect(most).toBe(2);
  });

  it("give their place away where their SDK never lets go of them", async () => {
    const calls = createProviderCalls({ concurrent: 1, timeoutMs: 1_000 });
    void calls.make(always, () => new Promise(() => {}));
    const next = calls.make(always, answeredAfter(10));
    await vi.advanceTimersByTimeAsync(31_010);
    expect(await next).toEqual(accepted);
  });

  it("are called back while they wait, where they are not to be made any more", async () => {
    const calls = createProviderCalls({ concurrent: 1, timeoutMs: 1_000 });
    let isDue = true;
    const start = vi.fn(answeredAfter(500));
    const first = calls.make(() => isDue, start);
    const second = calls.make(() => isDue, start);
    await vi.advanceTimersByTimeAsync(100);
    isDue = false;
    await vi.advanceTimersByTimeAsync(500);
    expect(await first).toEqual(accepted);
    expect(await second).toMatchObject({ status: "not_called", errorCode: "called_back" });
    expect(start).toHaveBeenCalledTimes(1);
  });

  it("are not made while the provider is left alone, and are again when it answers", async () => {
    const calls = createProviderCalls({ concurrent: 5 });
    for (let call = 0; call < failuresToOpen; call += 1)
      await calls.make(always, () => Promise.resolve(away));
    expect(calls.isPaused()).toBe(true);
    const start = vi.fn(() => Promise.resolve(accepted));
    expect(await calls.make(always, start)).toEqual({
      ...{ status: "not_called", errorCode: "paused", retryAfterMs: 1_000 },
    });
    expect(start).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await calls.make(always, start)).toEqual(accepted);
    expect(calls.isPaused()).toBe(false);
  });

  it("that a provider refuses are no trouble of the provider", async () => {
    const calls = createProviderCalls({ concurrent: 5 });
    for (let call = 0; call < 50; call += 1) await calls.make(always, () => Promise.resolve(refused));
    expect(calls.isPaused()).toBe(false);
  });

  it("never throw", async () => {
    const calls = createProviderCalls({ concurrent: 2 });
    expect(await calls.make(always, () => Promise.reject(new Error("a bug")))).toMatchObject({
      ...{ status: "transient", errorCode: "unexpected", message: "a bug" },
    });
  });
});
