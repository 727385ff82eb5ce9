import type { Queryable } from "@tocsin/db/pool";
import type { StreamEntry } from "./stream-entry.ts";

/** Finds which request the event of an entry came with: its row tells, or, where it is not stored, the entry itself. */
export async function findOrigin(
  connection: Queryable,
  entry: StreamEntry,
): Promise<{ correlationId: string | null } | undefined> {
  if (entry.kind === "unreadable") return undefined;
  const [event] = await connection.query<{ correlationId: string | null }[]>(
    "SELECT correlationId FROM event WHERE id = ?",
    [entry.eventId],
  );
  if (event || entry.kind === "stored") return event;
  return { correlationId: entry.envelope.correlationId ?? null };
}
