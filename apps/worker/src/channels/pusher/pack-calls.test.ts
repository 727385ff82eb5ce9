import { describe, expect, it } from "vitest";
import type { DeliveryRequest } from "@tocsin/core/delivery/channel";
import { eventsOf, packCalls } from "./pack-calls.ts";

function requestTo(people: number): DeliveryRequest {
  return {
    message: { type: "withdrawal", notificationId: "n1", reason: "acknowledged" },
    targets: Array.from({ length: people }, (_, index) => ({
      id: `u${index}`,
      address: `private-user-${index}`,
      deliveryId: "d1",
    })),
  };
}

const shapes = (sizes: readonly number[]) =>
  packCalls(sizes.map(requestTo)).map((call) =>
    call.kind === "trigger"
      ? `trigger ${eventsOf(call.requests).length}`
      : `batch ${eventsOf(call.requests).length} of ${call.requests.map(({ index }) => index).join("+")}`,
  );

describe("Pusher calls", () => {
  it("carry a few people of each of many requests in one batch, at most ten events", () => {
    expect(shapes([3, 3, 3, 3])).toEqual(["batch 9 of 0+1+2", "batch 3 of 3"]);
    expect(shapes([5, 5, 1])).toEqual(["batch 10 of 0+1", "batch 1 of 2"]);
  });

  it("trigger for many people at once", () => {
    expect(shapes([6, 100, 2])).toEqual(["trigger 6", "trigger 100", "batch 2 of 2"]);
  });

  it("are none for nobody", () => {
    expect(shapes([0])).toEqual([]);
  });
});
