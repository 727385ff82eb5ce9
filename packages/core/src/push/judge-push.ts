import type { DeliveryOutcome } from "../delivery/channel.ts";
import { deliveryDelay, maximumDeliveryAttempts } from "../delivery/next-delivery.ts";
import type { LeasedPush } from "./lease-pushes.ts";

/** A withdrawal is not worth more tries than this, about a minute: the app finds out by itself when it is opened. */
export const maximumWithdrawalAttempts = 8;

/** What a try leaves of a push notification. Milliseconds. */
export interface PushVerdict {
  status: "accepted" | "withdrawn" | "failed" | "pending";
  /** Only where it is tried again. */
  delay: number | null;
  providerId: string | null;
  errorCode: string | null;
}

/**
 * Judges how a provider took a push notification.
 * @param outcome undefined: there was no time to ask
 */
export function judgePush(
  { status, attempt }: Pick<LeasedPush, "status" | "attempt">,
  outcome: DeliveryOutcome | undefined,
  random?: () => number,
): PushVerdict {
  if (outcome?.status === "accepted") {
    const { providerId } = outcome;
    return {
      status: status === "pending" ? "accepted" : "withdrawn",
      delay: null,
      providerId,
      errorCode: null,
    };
  }
  const errorCode = outcome?.errorCode ?? "no_time_left";
  const maximum = status === "pending" ? maximumDeliveryAttempts : maximumWithdrawalAttempts;
  const isFinal = outcome !== undefined && outcome.status !== "transient";
  if (isFinal || attempt >= maximum) return { status: "failed", delay: null, providerId: null, errorCode };
  const wait = outcome?.status === "transient" ? outcome.retryAfterMs : null;
  const delay = deliveryDelay(attempt, wait, random);
  return { status: "pending", delay, providerId: null, errorCode };
}
