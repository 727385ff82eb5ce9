import { describe, expect, it } from "vitest";
import type { DeliveryOutcome } from "./channel.ts";
import { judgeDelivery } from "./judge-delivery.ts";
import { maximumDeliveryAttempts } from "./next-delivery.ts";

const accepted: DeliveryOutcome = { status: "accepted", providerId: null };
const refused: DeliveryOutcome = { status: "permanent", errorCode: "http_400", message: "" };
const paused: DeliveryOutcome = { status: "not_called", errorCode: "paused", retryAfterMs: 4_000 };
const busy = (retryAfterMs: number | null): DeliveryOutcome => ({
  ...{ status: "transient", errorCode: "http_429", message: "", retryAfterMs },
});
const judge = (attempt: number, ...outcomes: DeliveryOutcome[]) =>
  judgeDelivery(
    attempt,
    outcomes.map((outcome) => ({ outcomes: [outcome] })),
    () => 0,
  );

describe("a delivery", () => {
  it("is done when everybody was reached, or never can be", () => {
    expect(judge(1, accepted, refused)).toEqual({ next: "done" });
    expect(judge(1)).toEqual({ next: "done" });
  });

  it("is tried again as late as the provider that wants the longest asks for", () => {
    const again = { next: "again", errorCode: "http_429", isTry: true };
    expect(judge(1, busy(null), accepted)).toEqual({ ...again, delay: 250 });
    expect(judge(1, busy(7_000), busy(9_000), accepted)).toEqual({ ...again, delay: 9_000 });
  });

  it("waits while its provider is left alone, which is no try, also after the last one", () => {
    const again = { next: "again", errorCode: "paused", isTry: false, delay: 4_000 };
    expect(judge(1, paused, accepted)).toEqual(again);
    expect(judge(maximumDeliveryAttempts, paused)).toEqual(again);
  });

  it("has had a try where one call was made and another one was not", () => {
    expect(judge(1, paused, busy(null))).toMatchObject({ isTry: true, errorCode: "http_429", delay: 4_000 });
  });

  it("is given up after its last try", () => {
    expect(judge(maximumDeliveryAttempts - 1, busy(null))).toMatchObject({ next: "again" });
    expect(judge(maximumDeliveryAttempts, busy(null))).toEqual({ next: "give up", errorCode: "http_429" });
  });
});
