/** After so many tries without success, about an hour, a delivery is given up; the inbox keeps the notification. */
export const maximumDeliveryAttempts = 60;

const firstDelay = 500;
const longestDelay = 60_000;

/**
 * How long to wait after the n-th failed call: doubled each time, up to a minute, half of it left to chance; at least
 * as long as the provider asked for. Milliseconds.
 */
export function deliveryDelay(
  attempt: number,
  retryAfterMs: number | null,
  random: () => number = Math.random,
): number {
  const full = Math.min(firstDelay * 2 ** (attempt - 1), longestDelay);
  return Math.max(Math.round(full / 2 + (full / 2) * random()), retryAfterMs ?? 0);
}
