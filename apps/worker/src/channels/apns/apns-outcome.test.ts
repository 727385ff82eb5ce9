import { describe, expect, it } from "vitest";
import { apnsOutcome } from "./apns-outcome.ts";

const now = new Date("2026-01-01T00:00:00.000Z");
const judge = (status: number, reason: string, isOwnTopic = false, timestamp?: unknown) =>
  apnsOutcome({ status, response: { reason, timestamp } as never }, { isOwnTopic, now });

describe("what APNs refuses because of our settings", () => {
  it.each([
    [400, "DeviceTokenNotForTopic"],
    [400, "TopicDisallowed"],
    [400, "BadTopic"],
    [400, "MissingTopic"],
    [403, "InvalidProviderToken"],
    [403, "MissingProviderToken"],
    [403, "ExpiredProviderToken"],
    [403, "BadCertificate"],
    [403, "BadCertificateEnvironment"],
    [403, "Forbidden"],
    [403, "BadEnvironmentKeyIdInToken"],
    [404, "BadPath"],
    [405, "MethodNotAllowed"],
  ])("is tried again and counts against no device: %i %s", (status, reason) => {
    expect(judge(status, reason)).toMatchObject({ status: "transient", errorCode: reason, isOurs: true });
  });

  it("is not the app that a device named itself: its push is given up, the device stays", () => {
    expect(judge(400, "DeviceTokenNotForTopic", true)).toMatchObject({ status: "permanent" });
    expect(judge(400, "TopicDisallowed", true)).toMatchObject({ status: "permanent" });
  });
});

describe("what APNs says of a device", () => {
  it.each([
    [410, "Unregistered"],
    [410, "ExpiredToken"],
    [400, "BadDeviceToken"],
  ])("ends it: %i %s", (status, reason) => {
    expect(judge(status, reason)).toMatchObject({ status: "gone", errorCode: reason, since: null });
  });

  it("counts from when Apple learned it, where that can be", () => {
    const since = (timestamp: unknown) => judge(410, "Unregistered", false, timestamp);
    expect(since(1_700_000_000_000)).toMatchObject({ since: new Date(1_700_000_000_000) });
    expect(since("1700000000000")).toMatchObject({ since: new Date(1_700_000_000_000) });
    for (const wrong of [1e14, 1e300, -1, 0, "soon", null, {}, Number.NaN]) {
      expect(since(wrong)).toMatchObject({ status: "gone", since: null });
    }
  });
});

describe("other failures of APNs", () => {
  it("are given up where the message is to blame, and tried again where it is the moment", () => {
    expect(judge(413, "PayloadTooLarge")).toMatchObject({ status: "permanent" });
    expect(judge(429, "TooManyRequests")).toMatchObject({ status: "transient" });
    expect(judge(503, "ServiceUnavailable")).toMatchObject({ status: "transient" });
    const error = new Error("cut off");
    expect(apnsOutcome({ error }, { isOwnTopic: false, now })).toMatchObject({ errorCode: "network" });
  });

  it("are told as text, whatever APNs sends as a reason", () => {
    for (const reason of [5, { a: 1 }, null, [1]]) {
      const { errorCode } = judge(503, reason as never) as { errorCode: unknown };
      expect(typeof errorCode).toBe("string");
    }
  });
});
