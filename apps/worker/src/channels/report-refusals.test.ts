import type { Channel, DeliveryOutcome } from "@tocsin/core/delivery/channel";
import { expect, it } from "vitest";
import { type Refusal, reportRefusals } from "./report-refusals.ts";

it("tells once a delivery, with the number of targets, what is refused because of our settings", async () => {
  const away: DeliveryOutcome = {
    status: "transient",
    errorCode: "network",
    message: "",
    retryAfterMs: null,
  };
  const wrong: DeliveryOutcome = {
    ...away,
    errorCode: "BadTopic",
    message: "APNs says BadTopic",
    isOurs: true,
  };
  const channel: Channel = {
    name: "apns",
    maximumTargets: 10,
    deliver: () => Promise.resolve([[wrong, away], [wrong], [{ status: "accepted", providerId: null }]]),
  };
  const told: Refusal[] = [];
  await reportRefusals(channel, (refusal) => told.push(refusal)).deliver([]);
  expect(told).toEqual([{ errorCode: "BadTopic", message: "APNs says BadTopic", targets: 2 }]);
});
