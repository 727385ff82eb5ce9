import { isInfrastructureError } from "@tocsin/db/errors";
import { correlationOf, runWithCorrelation } from "@tocsin/platform/correlation";
import { failEvent } from "./fail-event.ts";
import { findOrigin } from "./find-origin.ts";
import { type BatchResult, nothing, type PipelineServices, processBatch } from "./process-batch.ts";
import type { StreamEntry } from "./stream-entry.ts";

/**
 * Processes a batch so that one event that cannot be processed does not hold up the others: a batch that fails is
 * halved until the culprit stands alone, and that one is marked as failed.
 * @throws whatever says that MySQL or the network is to blame: then nobody's attempt is counted.
 */
export async function processIsolated(
  services: PipelineServices,
  entries: readonly StreamEntry[],
): Promise<BatchResult> {
  try {
    return await processBatch(services, entries);
  } catch (error) {
    if (isInfrastructureError(error)) throw error;
    const [only] = entries;
    if (only && entries.length === 1) return processAlone(services, only, error);
    const middle = Math.ceil(entries.length / 2);
    const first = await processIsolated(services, entries.slice(0, middle));
    const second = await processIsolated(services, entries.slice(middle));
    return {
      endedNotificationIds: [...first.endedNotificationIds, ...second.endedNotificationIds],
      dueNotificationIds: [...first.dueNotificationIds, ...second.dueNotificationIds],
      leased: [...first.leased, ...second.leased],
      openedStorms: [...first.openedStorms, ...second.openedStorms],
      retries: [...first.retries, ...second.retries],
      decisions: [...first.decisions, ...second.decisions],
    };
  }
}

/**
 * Processes one entry that failed once more, without counting towards a storm: where the notice of a storm cannot be
 * written, its alert is.
 */
async function processAlone(
  services: PipelineServices,
  entry: StreamEntry,
  firstError: unknown,
): Promise<BatchResult> {
  try {
    return await processBatch({ ...services, isCountingStorms: false }, [entry]);
  } catch (error) {
    if (isInfrastructureError(error)) throw error;
    await logFailure(services, entry, firstError);
    const retry = await failEvent(services.pool, entry, firstError);
    return { ...nothing, retries: retry ? [retry] : [] };
  }
}

async function logFailure(
  { pool, log }: PipelineServices,
  entry: StreamEntry,
  error: unknown,
): Promise<void> {
  const { streamId } = entry;
  const eventId = entry.kind === "unreadable" ? null : entry.eventId;
  runWithCorrelation(correlationOf(await findOrigin(pool, entry)), () =>
    log.error("An event cannot be processed", { eventId, streamId, error }),
  );
}
