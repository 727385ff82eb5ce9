import { type DeliveryOutcome, mayBeTaken } from "../delivery/channel.ts";
import { deliveryDelay, maximumDeliveryAttempts } from "../delivery/next-delivery.ts";
import type { LeasedPush } from "./lease-pushes.ts";

/** A withdrawal is not worth more tries than this, about a minute: the app finds out by itself when it is opened. */
export const maximumWithdrawalAttempts = 8;

/** What a try leaves of a push notification. Milliseconds. */
export interface PushVerdict {
  status: "accepted" | "withdrawn" | "failed" | "pending";
  /** Only where it is tried again. */
  delay: number | null;
  /** Whether the provider was asked: what waited for its turn in vain is not counted. */
  isTry: boolean;
  /** Whether the provider may have taken it, also where nobody knows. */
  mayBeTaken: boolean;
  providerId: string | null;
  errorCode: string | null;
}

/** Judges how a provider took a push notification. */
export function judgePush(
  { status, attempt }: Pick<LeasedPush, "status" | "attempt">,
  outcome: DeliveryOutcome,
  random?: () => number,
): PushVerdict {
  const isAlert = status === "pending";
  const facts = { isTry: outcome.status !== "not_called", mayBeTaken: mayBeTaken(outcome) };
  if (outcome.status === "accepted") {
    const { providerId } = outcome;
    return { ...facts, status: isAlert ? "accepted" : "withdrawn", delay: null, providerId, errorCode: null };
  }
  const failure = { ...facts, providerId: null, errorCode: outcome.errorCode };
  if (outcome.status === "not_called") return { ...failure, status: "pending", delay: outcome.retryAfterMs };
  const maximum = isAlert ? maximumDeliveryAttempts : maximumWithdrawalAttempts;
  if (outcome.status !== "transient" || attempt >= maximum) {
    return { ...failure, status: "failed", delay: null };
  }
  return { ...failure, status: "pending", delay: deliveryDelay(attempt, outcome.retryAfterMs, random) };
}

/** What is not to be sent is given up without asking anybody. */
export function refusedPush(errorCode: string): PushVerdict {
  const facts = { isTry: false, mayBeTaken: false };
  return { ...facts, status: "failed", delay: null, providerId: null, errorCode };
}
