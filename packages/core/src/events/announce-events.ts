import { eventStreamField, eventStreamKey } from "@tocsin/contracts/stream";
import type { Logger } from "@tocsin/platform/logger";
import { withDeadline } from "@tocsin/platform/with-deadline";
import type { Redis } from "ioredis";

/** How long the senders of a batch wait for Redis. Milliseconds. */
const patience = 100;

/** An event to be put into the stream: its row holds the rest. */
export interface Announcement {
  id: string;
  correlationId: string | null;
}

/**
 * Puts committed events into the stream with one round trip. Never fails and never waits long: what Redis does not
 * take now, the sweep of the event table adds later.
 */
export async function announceEvents(
  redis: Redis,
  log: Logger,
  events: readonly Announcement[],
): Promise<void> {
  if (events.length === 0) return;
  const pipeline = redis.pipeline();
  for (const { id, correlationId } of events) {
    pipeline.xadd(eventStreamKey, "*", eventStreamField, JSON.stringify({ id, correlationId }));
  }
  const sent = pipeline.exec().then((replies) => replies?.find(([error]) => error !== null)?.[0] ?? null);
  try {
    const error = await withDeadline("Redis", patience, sent);
    if (error) throw error;
  } catch (error) {
    log.warn("Events are stored but not in the stream yet; the sweep will add them", {
      count: events.length,
      error,
    });
  }
}
