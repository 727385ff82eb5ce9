import { lowestIdAt } from "@tocsin/db/ids";
import type { Queryable } from "@tocsin/db/pool";
import type { PipelineEvent } from "../pipeline/load-events.ts";

/** A chunk is to hold about this much payload: few events where they are large. Characters. */
const chunkCharacters = 4_000_000;
const smallestChunk = 8;
const firstChunk = 50;
const largestChunk = 2000;

/** Above every id. */
const beyondAllIds = "ffffffff-ffff-ffff-ffff-ffffffffffff";

/**
 * The events from the newest back to `since`, in chunks, by primary key: nothing is held but the chunk at hand. Payloads
 * come as the database gives them, as JSON text or parsed.
 */
export async function* readPastEvents(db: Queryable, since: Date): AsyncGenerator<PipelineEvent[]> {
  const lowest = lowestIdAt(since);
  let before = beyondAllIds;
  let size = firstChunk;
  for (;;) {
    // One chunk after the other: the next begins where this one ends.
    const rows = await db.query<PipelineEvent[]>(
      `SELECT id, type, source, payload, action, dedupKey, occurredAt, expiresAt, receivedAt, correlationId
         FROM event WHERE id >= ? AND id < ? ORDER BY id DESC LIMIT ?`,
      [lowest, before, size],
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows;
    if (rows.length < size) return;
    before = last.id;
    size = nextChunk(rows);
  }
}

function nextChunk(rows: readonly PipelineEvent[]): number {
  const characters = rows.reduce((sum, { payload }) => sum + lengthOf(payload), 1);
  const wanted = Math.floor((chunkCharacters * rows.length) / characters);
  return Math.min(Math.max(wanted, smallestChunk), largestChunk);
}

function lengthOf(payload: unknown): number {
  return (typeof payload === "string" ? payload : JSON.stringify(payload)).length;
}
