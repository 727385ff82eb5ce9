import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { type KeptPayload, readPayload } from "../events/kept-payload.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import type { StreamEntry } from "./stream-entry.ts";

/** An event as the pipeline works on it. */
export interface PipelineEvent {
  id: string;
  type: string;
  source: string;
  payload: unknown;
  action: "trigger" | "acknowledge" | "resolve";
  dedupKey: string | null;
  occurredAt: Date | null;
  expiresAt: Date | null;
  receivedAt: Date;
  /** The request that it came with. */
  correlationId: string | null;
}

/** Stores what came straight through the stream; what is there already stays as it is. */
export async function storeDirectEntries(
  connection: Queryable,
  entries: readonly StreamEntry[],
): Promise<void> {
  const events = entries.flatMap((entry) => {
    if (entry.kind !== "direct") return [];
    const { id: _id, correlationId, dedupKey, occurredAt, expiresAt, ...envelope } = entry.envelope;
    const prepared = prepareEvent(
      {
        ...envelope,
        ...(dedupKey != null && { dedupKey }),
        ...(occurredAt != null && { occurredAt }),
        ...(expiresAt != null && { expiresAt }),
      },
      correlationId ?? null,
    );
    return [{ ...prepared, id: entry.eventId }];
  });
  await insertEvents(connection, events);
}

/** An event as it was read, without a lock. */
export interface StoredEvent {
  event: PipelineEvent;
  /** It is still to be processed. */
  isOpen: boolean;
}

/** The rows of these events, as they were received: within one millisecond by their ids. */
export async function loadEvents(connection: Queryable, ids: readonly string[]): Promise<StoredEvent[]> {
  if (ids.length === 0) return [];
  const rows = await connection.query<(PipelineEvent & KeptPayload & { status: string })[]>(
    `SELECT id, type, source, payload, payloadText, action, dedupKey, occurredAt, expiresAt, receivedAt, correlationId, status
       FROM event
      WHERE id IN (${placeholders(ids)})`,
    [...ids],
  );
  return rows.toSorted(byReceipt).map(({ status, payload, payloadText, ...event }) => ({
    event: { ...event, payload: readPayload({ payload, payloadText }) },
    isOpen: status === "received" || status === "failed",
  }));
}

function byReceipt(a: PipelineEvent, b: PipelineEvent): number {
  return a.receivedAt.getTime() - b.receivedAt.getTime() || (a.id < b.id ? -1 : 1);
}
