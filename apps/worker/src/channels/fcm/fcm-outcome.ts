import type { DeliveryOutcome } from "@tocsin/core/delivery/channel";
import { FirebaseMessagingError } from "firebase-admin/messaging";

/** The token is no more. https://firebase.google.com/docs/cloud-messaging/manage-tokens */
const gone = new Set([
  "messaging/registration-token-not-registered",
  "messaging/installation-id-not-registered",
  "messaging/invalid-registration-token",
]);

/** Somebody has to put our configuration right: until then every try is worth making again. */
const ours = new Set([
  "messaging/authentication-error",
  "messaging/third-party-auth-error",
  "app/invalid-credential",
]);

/** Trying again cannot help this message. */
const final = new Set([
  "messaging/invalid-argument",
  "messaging/invalid-payload",
  "messaging/payload-size-limit-exceeded",
  "messaging/mismatched-credential",
]);

/** What an error of the SDK means for the delivery. */
export function fcmOutcome(error: unknown): DeliveryOutcome {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  if (gone.has(code)) return { status: "gone", errorCode: code, message, since: null };
  if (final.has(code) && !ours.has(code)) return { status: "permanent", errorCode: code, message };
  return { status: "transient", errorCode: code, message, retryAfterMs: retryAfterOf(error) };
}

function codeOf(error: unknown): string {
  if (typeof error !== "object" || error === null || !("code" in error)) return "network";
  return String(error.code);
}

function retryAfterOf(error: unknown): number | null {
  if (!(error instanceof FirebaseMessagingError)) return null;
  const header: unknown = error.httpResponse?.headers["retry-after"];
  const seconds = Number(header);
  return header !== undefined && Number.isFinite(seconds) ? seconds * 1000 : null;
}
