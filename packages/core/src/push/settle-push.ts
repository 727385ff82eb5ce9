import type { LeasedPush } from "./lease-pushes.ts";
import type { PushVerdict } from "./judge-push.ts";

/** What a push notification's row says when its try is written down. */
export interface PushRow {
  /** Somebody may have stopped it meanwhile. */
  status: "pending" | "accepted" | "failed" | "cancelled" | "withdrawing" | "withdrawn";
  /** Whether a provider ever took it, in any round. */
  wasSent: boolean;
}

/** What it is to say then. Milliseconds. */
export interface SettledPush {
  status: PushRow["status"];
  /** When it is due; null: never again. */
  delay: number | null;
  attempts: number;
  /** Whether a provider may have taken it, although nobody knows. */
  isUncertain: boolean;
  isSent: boolean;
}

/**
 * What a try makes of the row of a push notification that is still its own: nobody else took it over meanwhile. Where the
 * person acted while the provider was being asked, it is being withdrawn by now: what may be shown is taken away at once,
 * and what cannot be is not sent again.
 */
export function settlePush(
  row: PushRow,
  { push, verdict }: { push: Pick<LeasedPush, "status" | "attempt" | "wasCalled">; verdict: PushVerdict },
): SettledPush {
  const isAlert = push.status === "pending";
  const isSent = isAlert && verdict.status === "accepted";
  const isUncertain = isAlert ? !isSent && (push.wasCalled || verdict.mayBeTaken) : push.wasCalled;
  const facts = { isSent, isUncertain };
  const wasStopped = isAlert && row.status !== "pending";
  if (!wasStopped) {
    const status = verdict.status === "pending" ? push.status : verdict.status;
    const attempts = verdict.isTry ? push.attempt : push.attempt - 1;
    return { ...facts, status, delay: verdict.delay, attempts };
  }
  const isShown = isSent || isUncertain || row.wasSent;
  return { ...facts, status: isShown ? "withdrawing" : "cancelled", delay: isShown ? 0 : null, attempts: 0 };
}
