import type { DeliveryOutcome } from "@tocsin/core/delivery/channel";
import type { ResponseFailure } from "apn";

/** The token is no more, or never was one. */
const gone = new Set(["Unregistered", "BadDeviceToken", "ExpiredToken", "DeviceTokenNotForTopic"]);

/** Somebody has to put our key right: until then every try is worth making again. */
const ours = new Set([
  "InvalidProviderToken",
  "MissingProviderToken",
  "ExpiredProviderToken",
  "TopicDisallowed",
]);

/** What a failure that the SDK tells of means for the delivery. */
export function apnsOutcome({ status, response, error }: ResponseFailure): DeliveryOutcome {
  const reason = response?.reason ?? error?.message ?? "no reason given";
  if (gone.has(reason)) {
    return {
      status: "gone",
      errorCode: reason,
      message: `APNs says ${reason}`,
      since: sinceOf(response?.timestamp),
    };
  }
  const isOurs = ours.has(reason);
  const isRefused = status !== undefined && status >= 400 && status < 500 && status !== 429;
  if (isRefused && !isOurs) return { status: "permanent", errorCode: reason, message: `APNs says ${reason}` };
  const errorCode = status === undefined ? "network" : (response?.reason ?? `http_${status}`);
  return { status: "transient", errorCode, message: reason, retryAfterMs: null };
}

/** Milliseconds since 1970, whatever the SDK's types call it. */
function sinceOf(timestamp: unknown): Date | null {
  const milliseconds = Number(timestamp);
  return timestamp !== undefined && Number.isFinite(milliseconds) ? new Date(milliseconds) : null;
}
