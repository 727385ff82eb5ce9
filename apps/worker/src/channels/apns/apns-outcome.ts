import type { DeliveryOutcome } from "@tocsin/core/delivery/channel";
import type { ResponseFailure } from "apn";

/** The token is no more, or never was one. https://developer.apple.com/documentation/usernotifications/handling-notification-responses-from-apns */
const gone = new Set(["Unregistered", "BadDeviceToken", "ExpiredToken"]);

/** Apple does not take the app that the request names. */
const aboutTopic = new Set(["DeviceTokenNotForTopic", "TopicDisallowed", "BadTopic", "MissingTopic"]);

/** Answers to wrong credentials, and of a server that is not APNs. */
const ourStatuses = new Set([401, 403, 404, 405]);

/**
 * What a failure that the SDK tells of means for the delivery. What our settings are to blame for never counts against a
 * device, and is worth trying again: somebody may be putting it right.
 * @param isOwnTopic whether the device named its app itself; else the topic is our setting
 */
export function apnsOutcome(
  { status, response, error }: Pick<ResponseFailure, "status" | "response" | "error">,
  { isOwnTopic, now }: { isOwnTopic: boolean; now: Date },
): DeliveryOutcome {
  const given = textOf(response?.reason);
  const reason = given ?? error?.message ?? "no reason given";
  const message = `APNs says ${reason}`;
  if (gone.has(reason)) {
    return { status: "gone", errorCode: reason, message, since: sinceOf(response?.timestamp, now) };
  }
  const isAboutTopic = aboutTopic.has(reason);
  const isOurs = ourStatuses.has(status ?? 0) || (isAboutTopic && !isOwnTopic);
  if (isOurs) return { status: "transient", errorCode: reason, message, retryAfterMs: null, isOurs };
  const isRefused = status !== undefined && status >= 400 && status < 500 && status !== 429;
  if (isRefused) return { status: "permanent", errorCode: reason, message };
  const errorCode = typeof status === "number" ? (given ?? `http_${status}`) : "network";
  return { status: "transient", errorCode, message, retryAfterMs: null };
}

/** A reason as text: the SDK's types promise one, but it is whatever came. */
function textOf(reason: unknown): string | undefined {
  if (typeof reason === "string") return reason;
  return reason == null ? undefined : JSON.stringify(reason);
}

/** When Apple learned it, in milliseconds since 1970, whatever the SDK's types call it; null where that cannot be. */
function sinceOf(timestamp: unknown, now: Date): Date | null {
  const milliseconds = Number(timestamp);
  return milliseconds > 0 && milliseconds <= now.getTime() ? new Date(milliseconds) : null;
}
