/** After so many calls in a row that failed, a provider is left alone. */
export const failuresToOpen = 10;

/** For how long: twice as long each time that it still fails afterwards, up to the longest. Milliseconds. */
export const shortestPauseMs = 1_000;
export const longestPauseMs = 10_000;

/** Keeps calls from a provider that is away. */
export interface CircuitBreaker {
  /** Asks for a call to be let through. @returns how long the provider is left alone; 0: the call is to be made. Milliseconds */
  enter(): number;
  /** Says how a call went that was let through. */
  leave(hasFailed: boolean): void;
  /** Whether the provider is left alone right now. */
  isOpen(): boolean;
}

/**
 * Opens after several failures in a row, and then lets one call through after each pause until one succeeds. By a
 * monotonic clock: a wall clock that is put back must not keep it open.
 */
export function createCircuitBreaker(now: () => number = () => performance.now()): CircuitBreaker {
  let failures = 0;
  let pauseMs = 0;
  let openUntil = 0;
  let isProbing = false;
  const isOpen = () => failures >= failuresToOpen;

  return {
    isOpen,
    enter() {
      if (!isOpen()) return 0;
      const leftMs = Math.ceil(openUntil - now());
      if (leftMs > 0) return leftMs;
      if (isProbing) return shortestPauseMs;
      isProbing = true;
      return 0;
    },
    leave(hasFailed) {
      if (!hasFailed) {
        failures = 0;
        pauseMs = 0;
        isProbing = false;
        return;
      }
      const hasOpened = failures + 1 === failuresToOpen;
      failures += 1;
      // What was under way when it opened says nothing new.
      if (!hasOpened && !isProbing) return;
      isProbing = false;
      pauseMs = Math.min(Math.max(pauseMs * 2, shortestPauseMs), longestPauseMs);
      openUntil = now() + pauseMs;
    },
  };
}
