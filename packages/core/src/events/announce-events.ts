import { eventStreamField, eventStreamKey } from "@tocsin/contracts/stream";
import type { Logger } from "@tocsin/platform/logger";
import { withDeadline } from "@tocsin/platform/with-deadline";
import type { Redis } from "ioredis";

/** How long Redis may take: whoever waits for it does not wait longer. Milliseconds. */
const patience = 100;

/** One command for many entries: sending each as a command of its own costs three times as much on both sides. */
const script = `
for _, pointer in ipairs(ARGV) do
  redis.call('XADD', KEYS[1], '*', '${eventStreamField}', pointer)
end
`;

/** An event to be put into the stream: its row holds the rest. */
export interface Announcement {
  id: string;
  correlationId: string | null;
  /** What it takes in memory, roughly: a worker reads no more at once than it can hold. Bytes; left out: unknown. */
  size?: number;
}

/**
 * Puts committed events into the stream with one command. Never fails and never waits long: what Redis does not
 * take now, the sweep of the event table adds later.
 */
export async function announceEvents(
  redis: Redis,
  log: Logger,
  events: readonly Announcement[],
): Promise<void> {
  try {
    await withDeadline("Redis", patience, addToStream(redis, events));
  } catch (error) {
    log.warn("Events are stored but not in the stream yet; the sweep will add them", {
      count: events.length,
      error,
    });
  }
}

/**
 * Puts committed events into the stream with one command.
 * @throws whatever Redis says
 */
export async function addToStream(redis: Redis, events: readonly Announcement[]): Promise<void> {
  if (events.length === 0) return;
  const pointers = events.map(({ id, correlationId, size }) => JSON.stringify({ id, correlationId, size }));
  await redis.eval(script, 1, eventStreamKey, ...pointers);
}
