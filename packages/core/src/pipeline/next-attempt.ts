/** After so many failures an event is dead: two to four minutes after the first. */
export const maximumAttempts = 8;

const firstDelay = 2000;

/**
 * How long to wait after the n-th failure: doubled each time, half of it left to chance so that what failed together does
 * not come back together. Milliseconds.
 */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const full = firstDelay * 2 ** (attempt - 1);
  return Math.round(full / 2 + (full / 2) * random());
}
