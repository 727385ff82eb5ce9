import { type Announcement, announceEvents } from "@tocsin/core/events/announce-events";
import { insertEvents } from "@tocsin/core/events/insert-events";
import { prepareEvent } from "@tocsin/core/events/prepare-event";
import { sendEventInputSchema } from "@tocsin/contracts/api/events";
import { createLogger } from "@tocsin/platform/logger";
import type { Pool } from "@tocsin/db/pool";
import { eventOf } from "../ingest/event-set.ts";
import type { Redis } from "./with-redis.ts";

const atOnce = 500;

/** Stores so many events, as the API does, without putting them into the stream. @returns what the stream is to hold, in order */
export async function storeEvents(pool: Pool, count: number): Promise<Announcement[]> {
  const stored: Announcement[] = [];
  while (stored.length < count) {
    const some = Math.min(atOnce, count - stored.length);
    const prepared = Array.from({ length: some }, (_, index) =>
      prepareEvent(sendEventInputSchema.parse(eventOf(stored.length + index)), null),
    );
    await insertEvents(pool, prepared);
    stored.push(...prepared.map(({ id, correlationId, size }) => ({ id, correlationId, size })));
  }
  return stored;
}

/** Puts stored events into Tocsin's stream, as the API does. */
export async function announceAll(redis: Redis, stored: readonly Announcement[]): Promise<void> {
  const log = createLogger({ service: "bench", level: "warn", format: "json" });
  for (let start = 0; start < stored.length; start += atOnce) {
    await announceEvents(redis, log, stored.slice(start, start + atOnce));
  }
}
