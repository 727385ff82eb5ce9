import type { DeliveryCall } from "./make-calls.ts";
import { deliveryDelay, maximumDeliveryAttempts } from "./next-delivery.ts";

/** What a try at a delivery leaves to do. Milliseconds. */
export type DeliveryVerdict =
  | { next: "done" }
  | { next: "again"; delay: number; errorCode: string }
  | { next: "give up"; errorCode: string };

/**
 * Judges one try of one delivery.
 * @param isComplete whether every request was made
 */
export function judgeDelivery(
  attempt: number,
  calls: readonly Pick<DeliveryCall, "outcomes">[],
  isComplete: boolean,
  random?: () => number,
): DeliveryVerdict {
  const failures = calls.flatMap(({ outcomes }) =>
    outcomes.flatMap((outcome) => (outcome.status === "transient" ? [outcome] : [])),
  );
  if (failures.length === 0 && isComplete) return { next: "done" };
  const errorCode = failures[0]?.errorCode ?? "no_time_left";
  if (attempt >= maximumDeliveryAttempts) return { next: "give up", errorCode };
  const waits = failures.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return { next: "again", errorCode, delay: deliveryDelay(attempt, Math.max(0, ...waits), random) };
}
