import { lowestIdAt } from "@tocsin/db/ids";
import type { Queryable } from "@tocsin/db/pool";
import { type KeptPayload, payloadAsText } from "../events/kept-payload.ts";
import type { PipelineEvent } from "../pipeline/load-events.ts";

/** An event as a backtest reads it. */
export interface PastEvent extends Omit<PipelineEvent, "payload"> {
  /** JSON, parsed where it is needed: in a thread. */
  payload: string;
}

/** A chunk is to hold about this much payload: few events where they are large. Characters. */
const chunkCharacters = 4_000_000;
const smallestChunk = 8;
const firstChunk = 50;
const largestChunk = 2000;

/** Above every id. */
const beyondAllIds = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/**
 * The events from the newest back to `since`, in chunks, by primary key: nothing is held but the chunk at hand.
 */
export async function* readPastEvents(db: Queryable, since: Date): AsyncGenerator<PastEvent[]> {
  const lowest = lowestIdAt(since);
  let before = beyondAllIds;
  let size = firstChunk;
  for (;;) {
    // One chunk after the other: the next begins where this one ends.
    const rows = await db.query<(PipelineEvent & KeptPayload)[]>(
      `SELECT id, type, source, payload, payloadText, action, dedupKey, occurredAt, expiresAt, receivedAt, correlationId
         FROM event WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?`,
      [lowest, before, size],
    );
    const last = rows.at(-1);
    if (!last) return;
    const events = rows.map(({ payloadText, ...event }) => ({
      ...event,
      payload: payloadAsText({ payload: event.payload, payloadText }),
    }));
    yield events;
    if (rows.length < size) return;
    before = last.id;
    size = nextChunk(events);
  }
}

function nextChunk(events: readonly PastEvent[]): number {
  const characters = events.reduce((sum, { payload }) => sum + payload.length, 1);
  const wanted = Math.floor((chunkCharacters * events.length) / characters);
  return Math.min(Math.max(wanted, smallestChunk), largestChunk);
}
