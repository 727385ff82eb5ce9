import type { Channel, DeliveryOutcome, DeliveryRequest } from "@tocsin/core/delivery/channel";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { guardChannel } from "./guard.ts";

const accepted: DeliveryOutcome = { status: "accepted", providerId: null };
const away: DeliveryOutcome = { status: "transient", errorCode: "network", message: "", retryAfterMs: null };
const refused: DeliveryOutcome = { status: "permanent", errorCode: "http_400", message: "" };

const request: DeliveryRequest = {
  message: { type: "summary", count: 1, title: "1" },
  targets: [{ id: "a", address: "a", deliveryId: "d" }],
};

function provider(answer: () => Promise<DeliveryOutcome>) {
  let calls = 0;
  const channel: Channel = {
    name: "fcm",
    maximumTargets: 10,
    async deliver(requests) {
      calls += 1;
      const outcome = await answer();
      return requests.map(({ targets }) => targets.map(() => outcome));
    },
  };
  return { channel, calls: () => calls };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a guarded channel", () => {
  it("leaves a provider alone that did not answer several times in a row, and tries it again later", async () => {
    let outcome: DeliveryOutcome = away;
    const { channel, calls } = provider(() => Promise.resolve(outcome));
    const guarded = guardChannel(channel, { concurrent: 5, failures: 3, pauseMs: 10_000 });
    for (let call = 0; call < 3; call += 1) await guarded.deliver([request]);
    expect(guarded.isPaused()).toBe(true);
    expect(await guarded.deliver([request])).toMatchObject([[{ errorCode: "paused", retryAfterMs: 10_000 }]]);
    expect(calls()).toBe(3);
    outcome = accepted;
    await vi.advanceTimersByTimeAsync(10_001);
    expect(await guarded.deliver([request])).toEqual([[accepted]]);
    expect(guarded.isPaused()).toBe(false);
  });

  it("does not take a refused message for trouble of the provider", async () => {
    const { channel } = provider(() => Promise.resolve(refused));
    const guarded = guardChannel(channel, { concurrent: 5, failures: 2 });
    for (let call = 0; call < 5; call += 1) await guarded.deliver([request]);
    expect(guarded.isPaused()).toBe(false);
  });

  it("lets only so many calls wait for a provider that hangs; the others come back at once", async () => {
    const answers: ((outcome: DeliveryOutcome) => void)[] = [];
    const { channel } = provider(() => new Promise((resolve) => answers.push(resolve)));
    const guarded = guardChannel(channel, { concurrent: 2 });
    const waiting = [guarded.deliver([request]), guarded.deliver([request])];
    expect(await guarded.deliver([request])).toMatchObject([[{ errorCode: "busy", retryAfterMs: 500 }]]);
    for (const answer of answers) answer(accepted);
    expect(await Promise.all(waiting)).toEqual([[[accepted]], [[accepted]]]);
  });

  it("tells of what is refused because of our settings, and leaves the provider alone for a while", async () => {
    const wrong: DeliveryOutcome = { ...away, errorCode: "DeviceTokenNotForTopic", isOurs: true };
    const { channel, calls } = provider(() => Promise.resolve(wrong));
    const told: object[] = [];
    const guarded = guardChannel(channel, { concurrent: 5, failures: 2, onRefusal: (one) => told.push(one) });
    for (let call = 0; call < 3; call += 1) await guarded.deliver([request]);
    expect(guarded.isPaused()).toBe(true);
    expect(calls()).toBe(2);
    const once = { errorCode: "DeviceTokenNotForTopic", message: "", targets: 1 };
    expect(told).toEqual([once, once]);
  });

  it("never throws", async () => {
    const { channel } = provider(() => Promise.reject(new Error("a bug")));
    expect(await guardChannel(channel, { concurrent: 2 }).deliver([request])).toMatchObject([
      [{ status: "transient", errorCode: "unexpected", message: "a bug" }],
    ]);
  });
});
