import type { DeliveryOutcome } from "@tocsin/core/delivery/channel";
import { FirebaseMessagingError } from "firebase-admin/messaging";
import { readRetryAfter } from "../retry-after.ts";

/** Google's own words that a token is no more; the SDK says the same of a project that is unknown. */
const unregistered = "UNREGISTERED";

/** Trying again cannot help this message. */
const final = new Set([
  "messaging/invalid-argument",
  "messaging/invalid-payload",
  "messaging/payload-size-limit-exceeded",
]);

/** Answers to a wrong credential, to one of another project, and to a project that is unknown. */
const ourStatuses = new Set([401, 403, 404]);

/** The same, where the SDK found out before it asked. */
const ourCodes = new Set([
  "messaging/authentication-error",
  "messaging/third-party-auth-error",
  "messaging/mismatched-credential",
  "app/invalid-credential",
]);

/**
 * What an error of the SDK means for the delivery. What our settings are to blame for never counts against a device, and is
 * worth trying again: somebody may be putting it right. https://firebase.google.com/docs/reference/fcm/rest/v1/ErrorCode
 */
export function fcmOutcome(error: unknown, now: Date): DeliveryOutcome {
  const message = error instanceof Error ? error.message : String(error);
  const errorCode = codeOf(error);
  const response = error instanceof FirebaseMessagingError ? error.httpResponse : undefined;
  if (response && detailOf(response.data) === unregistered) {
    return { status: "gone", errorCode, message, since: null };
  }
  const isOurs = ourStatuses.has(response?.status ?? 0) || ourCodes.has(errorCode);
  if (final.has(errorCode) && !isOurs) return { status: "permanent", errorCode, message };
  const retryAfterMs = readRetryAfter(response?.headers["retry-after"], now);
  return { status: "transient", errorCode, message, retryAfterMs, ...(isOurs && { isOurs }) };
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "network";
  return String(error.code);
}

/** The error code that stands in the details of Google's answer. */
function detailOf(data: unknown): unknown {
  const details = (data as { error?: { details?: unknown } } | null | undefined)?.error?.details;
  const found: unknown = Array.isArray(details)
    ? details.find((detail: { "@type"?: unknown } | null) => String(detail?.["@type"]).endsWith("FcmError"))
    : undefined;
  return (found as { errorCode?: unknown } | undefined)?.errorCode;
}
