import type { DeliveryOutcome } from "@tocsin/core/delivery/channel";
import pLimit from "p-limit";
import { createCircuitBreaker } from "./circuit-breaker.ts";

/** How long a provider may take for one call, from when it is made. Milliseconds. */
export const providerTimeoutMs = 4_500;

/** After how long the place of a call is given to another one although its SDK never let go of it. Milliseconds. */
const abandonedAfterMs = 30_000;

/** A call that was not to be made any more when it was its turn; where it is, after all, it is asked for again soon. */
export const calledBack: DeliveryOutcome = {
  status: "not_called",
  errorCode: "called_back",
  retryAfterMs: 250,
};

/** The calls to one provider: so many at once, each with a time limit, and none for a while where it is away. */
export interface ProviderCalls {
  /**
   * Makes a call when it is its turn. Never throws.
   * @param mayCall asked when it is its turn: whether it is still to be made
   * @param start makes it; ends when nothing of it is under way any more, however long that takes
   */
  make(mayCall: () => boolean, start: () => Promise<DeliveryOutcome>): Promise<DeliveryOutcome>;
  /** Whether the provider is left alone right now. */
  isPaused(): boolean;
}

/**
 * Limits the calls to one provider.
 * @param concurrent how many are under way at once; one that was not answered in time counts until its SDK lets go of it
 */
export function createProviderCalls({
  concurrent,
  timeoutMs = providerTimeoutMs,
}: {
  concurrent: number;
  timeoutMs?: number | undefined;
}): ProviderCalls {
  const limit = pLimit(concurrent);
  const breaker = createCircuitBreaker();
  return {
    isPaused: () => breaker.isOpen(),
    make: (mayCall, start) =>
      new Promise((resolve) => {
        void limit(async () => {
          if (!mayCall()) {
            resolve(calledBack);
            return;
          }
          const retryAfterMs = breaker.enter();
          if (retryAfterMs > 0) {
            resolve({ status: "not_called", errorCode: "paused", retryAfterMs });
            return;
          }
          const call = start().catch(unexpected);
          const outcome = await within(timeoutMs, call);
          breaker.leave(outcome.status === "transient");
          resolve(outcome);
          await within(abandonedAfterMs, call);
        });
      }),
  };
}

async function within(timeoutMs: number, call: Promise<DeliveryOutcome>): Promise<DeliveryOutcome> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<DeliveryOutcome>((resolve) => {
    timer = setTimeout(() => {
      const message = `No answer within ${timeoutMs} ms`;
      resolve({ status: "transient", errorCode: "timeout", message, retryAfterMs: null });
    }, timeoutMs);
  });
  try {
    return await Promise.race([call, late]);
  } finally {
    clearTimeout(timer);
  }
}

function unexpected(error: unknown): DeliveryOutcome {
  const message = error instanceof Error ? error.message : String(error);
  return { status: "transient", errorCode: "unexpected", message, retryAfterMs: null };
}
