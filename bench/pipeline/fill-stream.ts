import { announceEvents } from "@tocsin/core/events/announce-events";
import { insertEvents } from "@tocsin/core/events/insert-events";
import { prepareEvent } from "@tocsin/core/events/prepare-event";
import { sendEventInputSchema } from "@tocsin/contracts/api/events";
import { createLogger } from "@tocsin/platform/logger";
import type { Pool } from "@tocsin/db/pool";
import { eventOf } from "../ingest/event-set.ts";
import type { Redis } from "./with-redis.ts";

const atOnce = 500;

/** Stores so many events, as the API does, without putting them into the stream. @returns their ids, in order */
export async function storeEvents(pool: Pool, count: number): Promise<string[]> {
  const ids: string[] = [];
  while (ids.length < count) {
    const some = Math.min(atOnce, count - ids.length);
    const prepared = Array.from({ length: some }, (_, index) =>
      prepareEvent(sendEventInputSchema.parse(eventOf(ids.length + index)), null),
    );
    await insertEvents(pool, prepared);
    ids.push(...prepared.map(({ id }) => id));
  }
  return ids;
}

/** Puts stored events into Tocsin's stream, as the API does. */
export async function announceAll(redis: Redis, ids: readonly string[]): Promise<void> {
  const log = createLogger({ service: "bench", level: "warn", format: "json" });
  for (let start = 0; start < ids.length; start += atOnce) {
    const some = ids.slice(start, start + atOnce).map((id) => ({ id, correlationId: null }));
    await announceEvents(redis, log, some);
  }
}
