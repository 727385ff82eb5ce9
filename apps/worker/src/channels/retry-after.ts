/** A provider's wish to be left alone is honoured for so long at the most: an alert must not wait for a day. Milliseconds. */
export const longestRetryAfterMs = 600_000;

/** A day's name first, and the time of Greenwich last. */
const httpDate = /^[A-Z][a-z]+, .+ GMT$/;

/**
 * How long a provider asks to be left alone: `Retry-After` in seconds, or as a date (RFC 9110, 10.2.3).
 * @returns milliseconds, bounded; null where it says nothing that can be read
 */
export function readRetryAfter(header: unknown, now: Date): number | null {
  const text = typeof header === "number" ? String(header) : header;
  if (typeof text !== "string") return null;
  const seconds = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  const at = httpDate.test(text) ? Date.parse(text) : Number.NaN;
  const ms = Number.isNaN(seconds) ? at - now.getTime() : seconds * 1000;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), longestRetryAfterMs);
}
