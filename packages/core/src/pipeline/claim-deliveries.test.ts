import { notificationsPerJob } from "@tocsin/contracts/jobs";
import { describe, expect, it } from "vitest";
import { maximumAtOnce } from "../fanout/split-by-room.ts";
import { claimDeliveries, type OwnDeliveries } from "./claim-deliveries.ts";
import type { NewNotification } from "./new-notification.ts";

const own: OwnDeliveries = { pushPlatforms: ["fcm"], hasRoom: () => true };

/** Notifications to so many people each. */
function raised(count: number, people = 1, some: Partial<NewNotification> = {}): NewNotification[] {
  return Array.from({ length: count }, (_, index) => ({
    ...{ id: `n${index}`, kind: "alert", sourceKey: `alert:${index}`, ruleId: null, ruleVersion: 1 },
    ...{ eventId: null, title: "", message: "", truncated: false, sound: null, action: null, priority: 3 },
    ...{ occurrences: 1, expiresAt: null, dedupHash: null, over: null, ackPolicy: "any" },
    ...{ audience: null, escalateTo: null },
    ...{ ackTimeoutSeconds: null, recipients: Array.from({ length: people }, (_person, at) => `u${at}`) },
    ...some,
  }));
}

describe("a process claims the deliveries of what it raises", () => {
  it("all of a batch, with a lease of ten seconds", () => {
    expect(claimDeliveries(own, raised(2))).toEqual({
      ids: ["n0", "n1"],
      pushPlatforms: ["fcm"],
      lease: {
        id: expect.any(String),
        forMs: 10_000,
        madeAt: expect.any(Number),
      },
    });
  });

  it("as many as one job would deliver, and none of more", () => {
    expect(claimDeliveries(own, raised(notificationsPerJob))?.ids).toHaveLength(notificationsPerJob);
    expect(claimDeliveries(own, raised(notificationsPerJob + 1))).toBeUndefined();
  });

  it("none where copies follow later", () => {
    expect(claimDeliveries(own, raised(1, maximumAtOnce))?.ids).toHaveLength(1);
    expect(claimDeliveries(own, raised(1, maximumAtOnce + 1))).toBeUndefined();
    expect(claimDeliveries(own, raised(2, maximumAtOnce / 2 + 1))).toBeUndefined();
  });

  it("none where it has no room, or delivers nothing at all", () => {
    expect(claimDeliveries({ ...own, hasRoom: () => false }, raised(1))).toBeUndefined();
    expect(claimDeliveries(undefined, raised(1))).toBeUndefined();
  });

  it("none of what interrupts nobody", () => {
    expect(claimDeliveries(own, raised(1, 0))).toBeUndefined();
    expect(claimDeliveries(own, raised(1, 1, { over: "resolved" }))).toBeUndefined();
    expect(claimDeliveries(own, [...raised(1, 0), ...raised(1, 1, { id: "due" })])?.ids).toEqual(["due"]);
  });
});
