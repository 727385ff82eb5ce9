/** After so many failures an event is dead. */
export const maximumAttempts = 8;

const firstDelay = 2000;
const longestDelay = 300_000;

/**
 * How long to wait after the n-th failure: doubled each time, up to five minutes, half of it left to chance so that
 * what failed together does not come back together. Milliseconds.
 */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const full = Math.min(firstDelay * 2 ** (attempt - 1), longestDelay);
  return Math.round(full / 2 + (full / 2) * random());
}
