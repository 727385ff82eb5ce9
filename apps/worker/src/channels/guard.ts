import type { Channel, DeliveryOutcome } from "@tocsin/core/delivery/channel";
import {
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ConsecutiveBreaker,
  handleWhenResult,
  isBrokenCircuitError,
  wrap,
} from "cockatiel";

export interface GuardOptions {
  /** How many calls may be under way at once; more are to come again later. */
  concurrent: number;
  /** After so many calls in a row that nobody answered the provider is left alone for a while. */
  failures?: number;
  /** For how long. Milliseconds. */
  pauseMs?: number;
  /** The provider refused so many targets of a call because of our credentials or settings, and why. */
  onRefusal?: (refusal: { errorCode: string; message: string; targets: number }) => void;
}

/** A channel that a provider's trouble does not clog. */
export interface GuardedChannel extends Channel {
  /** Whether the provider is left alone right now. */
  isPaused(): boolean;
}

/** When a call that found no room is to come again. Milliseconds. */
const busyMs = 500;

/**
 * Keeps a provider that hangs from holding up all else: few calls at once, and none at all for a while after several
 * failed in a row. What is not let through is to be tried again later.
 */
export function guardChannel(
  channel: Channel,
  { concurrent, failures = 5, pauseMs = 10_000, onRefusal }: GuardOptions,
): GuardedChannel {
  const breaker = circuitBreaker(
    handleWhenResult((outcomes) => isOutage(outcomes as DeliveryOutcome[][])),
    { halfOpenAfter: pauseMs, breaker: new ConsecutiveBreaker(failures) },
  );
  const policy = wrap(bulkhead(concurrent), breaker);
  return {
    name: channel.name,
    maximumTargets: channel.maximumTargets,
    isPaused: () => breaker.state === CircuitState.Open,
    async deliver(requests) {
      try {
        const outcomes = await policy.execute(() => channel.deliver(requests));
        if (onRefusal) tellRefusals(outcomes, onRefusal);
        return outcomes;
      } catch (error) {
        const outcome = refusal(error, pauseMs);
        return requests.map(({ targets }) => targets.map(() => outcome));
      }
    },
  };
}

/** Nobody was reached, and trying again may help: the provider is away, or far too busy. */
function isOutage(outcomes: readonly DeliveryOutcome[][]): boolean {
  const all = outcomes.flat();
  return all.length > 0 && all.every(({ status }) => status === "transient");
}

function tellRefusals(
  outcomes: readonly DeliveryOutcome[][],
  onRefusal: NonNullable<GuardOptions["onRefusal"]>,
): void {
  const ours = outcomes
    .flat()
    .flatMap((outcome) => (outcome.status === "transient" && outcome.isOurs ? [outcome] : []));
  for (const [errorCode, some] of Map.groupBy(ours, (outcome) => outcome.errorCode)) {
    onRefusal({ errorCode, message: some[0]?.message ?? "", targets: some.length });
  }
}

function refusal(error: unknown, pauseMs: number): DeliveryOutcome {
  if (isBrokenCircuitError(error)) {
    const message = "The provider did not answer lately and is left alone for a while";
    return { status: "transient", errorCode: "paused", message, retryAfterMs: pauseMs };
  }
  if (error instanceof BulkheadRejectedError) {
    const message = "Too many calls are under way";
    return { status: "transient", errorCode: "busy", message, retryAfterMs: busyMs };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { status: "transient", errorCode: "unexpected", message, retryAfterMs: null };
}
