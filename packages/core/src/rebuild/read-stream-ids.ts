import { eventStreamField, eventStreamKey } from "@tocsin/contracts/stream";
import type { Redis } from "ioredis";

/** How many entries are read at once. */
const chunkEntries = 1000;

/** The ids of the events that the stream holds, whether a worker has them already or not. */
export async function readStreamIds(redis: Redis): Promise<Set<string>> {
  const ids = new Set<string>();
  let from = "-";
  for (;;) {
    const entries = await redis.xrange(eventStreamKey, from, "+", "COUNT", chunkEntries);
    for (const [, fields] of entries) {
      const id = eventIdOf(fields);
      if (id !== null) ids.add(id);
    }
    const last = entries.at(-1);
    if (!last || entries.length < chunkEntries) return ids;
    from = `(${last[0]}`;
  }
}

/** Entries of other back ends may have no id, or be no JSON at all: those were never stored. */
function eventIdOf(fields: readonly string[]): string | null {
  try {
    const envelope: unknown = JSON.parse(fields[fields.indexOf(eventStreamField) + 1] ?? "");
    const { id } = envelope as { id?: unknown };
    return typeof id === "string" ? id : null;
  } catch {
    return null;
  }
}
