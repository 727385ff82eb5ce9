import type { DeadEntry } from "./dead-letter.ts";
import type { StoredEvent } from "./load-events.ts";
import type { StreamEntry } from "./stream-entry.ts";

/** Entries that hold no event. */
export function unreadableEntries(entries: readonly StreamEntry[]): DeadEntry[] {
  return entries.flatMap((entry) => {
    if (entry.kind !== "unreadable") return [];
    return [{ eventId: null, streamId: entry.streamId, body: entry.body, error: entry.error, attempts: 1 }];
  });
}

/** Entries that point to an event which is not stored, as after a backup older than the stream was restored. */
export function orphanEntries(entries: readonly StreamEntry[], stored: readonly StoredEvent[]): DeadEntry[] {
  const known = new Set(stored.map(({ event }) => event.id));
  return entries.flatMap((entry) => {
    if (entry.kind === "unreadable" || known.has(entry.eventId)) return [];
    const body = JSON.stringify({ id: entry.eventId });
    const error = "No event with this id is stored";
    return [{ eventId: null, streamId: entry.streamId, body, error, attempts: 1 }];
  });
}
