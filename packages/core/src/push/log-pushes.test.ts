import { currentCorrelation } from "@tocsin/platform/correlation";
import type { Logger } from "@tocsin/platform/logger";
import { expect, it } from "vitest";
import type { PushAlert } from "./load-push-facts.ts";
import { logPushes } from "./log-pushes.ts";
import type { TriedPush } from "./record-pushes.ts";

function tried(
  notificationId: string,
  status: TriedPush["verdict"]["status"],
  errorCode: string | null = null,
  isTry = true,
): TriedPush {
  const push = {
    notificationId,
    deviceId: "d",
    userId: "u",
    status: "pending",
    attempt: 1,
    round: 0,
    wasCalled: false,
  } as const;
  const facts = { isTry, mayBeTaken: false };
  return { push, verdict: { ...facts, status, delay: null, providerId: null, errorCode } };
}

it("tells of each notification once for all devices that fared alike, under the request it goes back to", () => {
  const lines: unknown[] = [];
  const write: Logger["info"] = (message, fields) =>
    void lines.push({ message, ...fields, ...currentCorrelation() });
  const pushes = [
    tried("a", "accepted"),
    tried("a", "accepted"),
    tried("a", "pending", "http_503"),
    tried("a", "pending", "http_503"),
    tried("a", "pending", "paused", false),
    tried("a", "failed", "device_gone"),
    tried("b", "withdrawn"),
  ];
  const alerts = new Map([["a", { correlationId: "request-1" } as PushAlert]]);
  logPushes({ info: write, warn: write, error: write, debug: write }, "fcm", pushes, alerts);
  const ofA = { notificationId: "a", platform: "fcm", correlationId: "request-1" };
  expect(lines).toEqual([
    { message: "Push notifications were sent", ...ofA, devices: 2 },
    {
      ...{ message: "Push notifications failed and are tried again", ...ofA },
      ...{ devices: 2, errorCodes: ["http_503"] },
    },
    {
      ...{ message: "Push notifications wait for their provider", ...ofA },
      ...{ devices: 1, errorCodes: ["paused"] },
    },
    { message: "Push notifications are given up", ...ofA, devices: 1, errorCodes: ["device_gone"] },
    { message: "Push notifications were withdrawn", notificationId: "b", platform: "fcm", devices: 1 },
  ]);
});
