import type { SentEvent } from "@tocsin/contracts/api/events";
import type { KeyHolder } from "./insert-events.ts";
import type { PreparedEvent } from "./prepare-event.ts";

export type Settled = { stored: SentEvent } | { refused: "key_reused" };

/**
 * What became of an event of a committed batch, judged by who holds its idempotency key now: itself (new), an equal
 * event sent before (duplicate, answered with the first one's id), or one with another body (refused).
 */
export function settleEvent(event: PreparedEvent, holder: KeyHolder | undefined): Settled {
  if (!holder || holder.id === event.id)
    return { stored: { id: event.id, status: "received", duplicate: false } };
  if (!isBodyOf(holder, event)) return { refused: "key_reused" };
  return { stored: { id: holder.id, status: holder.status, duplicate: true } };
}

function isBodyOf({ bodyHash }: KeyHolder, event: PreparedEvent): boolean {
  return bodyHash.equals(event.bodyHash) || bodyHash.equals(event.earlierBodyHash());
}

/** The first event of each idempotency key, ordered by key: rows locked in one order cannot deadlock. */
export function collapseEqualKeys(events: readonly PreparedEvent[]): PreparedEvent[] {
  const firstOfKey = new Map<string, PreparedEvent>();
  for (const event of events) {
    const key = event.idempotencyHash?.toString("hex") ?? event.id;
    if (!firstOfKey.has(key)) firstOfKey.set(key, event);
  }
  return [...firstOfKey.entries()].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);
}
