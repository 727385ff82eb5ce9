import { maximumEventBytes } from "@tocsin/contracts/api/events";
import { type RawEntry, readEntry, type StreamEntry } from "@tocsin/core/pipeline/stream-entry";

/** What the events of one batch take in memory at the most, unless it is a single one. Bytes. */
const batchBytes = 4_000_000;

/** Reads entries, batch by batch: of large events few are held at once, however many wait. */
export function* toBatches(entries: readonly RawEntry[]): Generator<StreamEntry[]> {
  let batch: StreamEntry[] = [];
  let bytes = 0;
  for (const raw of entries) {
    const entry = readEntry(raw);
    const size = sizeOf(entry, raw);
    if (batch.length > 0 && bytes + size > batchBytes) {
      yield batch;
      [batch, bytes] = [[], 0];
    }
    batch.push(entry);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

/** A stored event whose entry does not tell counts as the largest there may be. */
function sizeOf(entry: StreamEntry, { fields }: RawEntry): number {
  if (entry.kind === "stored") return entry.size ?? maximumEventBytes;
  return fields.reduce((sum, field) => sum + field.length, 0);
}
