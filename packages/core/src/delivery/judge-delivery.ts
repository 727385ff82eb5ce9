import type { DeliveryCall } from "./make-calls.ts";
import { deliveryDelay, maximumDeliveryAttempts } from "./next-delivery.ts";

/** What a try at a delivery leaves to do. Milliseconds. */
export type DeliveryVerdict =
  | { next: "done" }
  /** `isTry`: a provider was asked; what waited for its turn in vain is not counted. */
  | { next: "again"; delay: number; errorCode: string; isTry: boolean }
  | { next: "give up"; errorCode: string };

/** Judges one try of one delivery. */
export function judgeDelivery(
  attempt: number,
  calls: readonly Pick<DeliveryCall, "outcomes">[],
  random?: () => number,
): DeliveryVerdict {
  const outcomes = calls.flatMap((call) => call.outcomes);
  const failures = outcomes.flatMap((outcome) => (outcome.status === "transient" ? [outcome] : []));
  const notCalled = outcomes.flatMap((outcome) => (outcome.status === "not_called" ? [outcome] : []));
  const [first] = [...failures, ...notCalled];
  if (!first) return { next: "done" };
  const { errorCode } = first;
  const isTry = failures.length > 0;
  const waits = [...failures, ...notCalled].map(({ retryAfterMs }) => retryAfterMs ?? 0);
  if (!isTry) return { next: "again", errorCode, isTry, delay: Math.max(...waits) };
  if (attempt >= maximumDeliveryAttempts) return { next: "give up", errorCode };
  return { next: "again", errorCode, isTry, delay: deliveryDelay(attempt, Math.max(...waits), random) };
}
