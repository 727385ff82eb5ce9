import { setTimeout as wait } from "node:timers/promises";
import type { PipelineServices } from "@tocsin/core/pipeline/process-batch";
import { processIsolated } from "@tocsin/core/pipeline/process-isolated";
import type { RawEntry, StreamEntry } from "@tocsin/core/pipeline/stream-entry";
import { wakePushes } from "@tocsin/core/push/wake-pushes";
import type { WakeUps } from "@tocsin/platform/wake-ups";
import type { RunningDeliveries } from "../delivery/own-deliveries.ts";
import type { WorkerMetrics } from "../metrics/worker-metrics.ts";
import type { RetryQueue } from "../retries/retry-queue.ts";
import type { StormQueue } from "../storms/storm-queue.ts";
import type { EventStream } from "./event-stream.ts";
import { toBatches } from "./to-batches.ts";

/** The most entries that one transaction deals with: as many as one INSERT of the API stores. */
const batchSize = 500;

/**
 * Where that many entries come at a time the worker is busy, and lets the next ones gather for a moment: a transaction
 * costs the same for one event and for many. Fewer are read at once, and of more there are enough already.
 */
const busyBatch = 20;
const largeBatch = 100;
const gatherMs = 4;

/**
 * How many batches are under way at once while there is so much to do: the rules of one are tried while MySQL
 * writes the others. They take their locks in one order, as those of two workers do.
 */
const concurrentBatches = 2;

/** How long a read waits for the first entry. Milliseconds. */
const blockMs = 500;

/** How often entries of other workers are looked at, and after what time they count as abandoned. Milliseconds. */
const claimEveryMs = 10_000;
const abandonedAfterMs = 30_000;

/** How long to pause while MySQL or Redis is away. Milliseconds. */
const shortestPause = 100;
const longestPause = 5_000;

export interface ConsumerServices extends PipelineServices {
  stream: EventStream;
  ownDeliveries: RunningDeliveries;
  wakeUps: WakeUps;
  storms: StormQueue;
  retries: RetryQueue;
  metrics: Pick<WorkerMetrics, "batchProcessed">;
}

export interface Consumer {
  /** Takes no new batch; resolves when the present one is finished. */
  stop(): Promise<void>;
}

/**
 * Reads the stream batch by batch until it is stopped. An entry leaves the stream only after its batch is committed:
 * what this worker leaves unfinished, however it ends, is done by itself at the next start or by another one.
 */
export function consumeEvents(services: ConsumerServices): Consumer {
  const { log, stream } = services;
  const stopping = new AbortController();
  let lastClaimAt = Number.NEGATIVE_INFINITY;
  let mayHaveUnfinished = true;
  let pause = shortestPause;
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];

  async function nextEntries(): Promise<RawEntry[]> {
    if (mayHaveUnfinished) {
      await untilFewerThan(1);
      const unfinished = await stream.readUnfinished(batchSize);
      if (unfinished.length > 0) return unfinished;
      mayHaveUnfinished = false;
    }
    // By the monotonic clock: a wall clock that is put back must not keep a dead worker's entries waiting.
    if (performance.now() - lastClaimAt >= claimEveryMs) {
      lastClaimAt = performance.now();
      const abandoned = await stream.claimAbandoned(batchSize, abandonedAfterMs);
      if (abandoned.length > 0) {
        log.warn("Entries of another worker are taken over", { count: abandoned.length });
        return abandoned;
      }
    }
    return stream.readNew(batchSize, blockMs);
  }

  function startBatch(entries: readonly StreamEntry[]): void {
    const batch: Promise<void> = runBatch(services, entries)
      .catch((error: unknown) => void failures.push(error))
      .finally(() => underWay.delete(batch));
    underWay.add(batch);
  }

  async function startBatches(entries: readonly RawEntry[]): Promise<void> {
    for (const batch of toBatches(entries)) {
      startBatch(batch);
      // One after the other: more than so many at once would not be faster, and would not fit.
      await untilFewerThan(concurrentBatches);
      if (failures.length > 0) return;
    }
    if (entries.length < batchSize) await untilFewerThan(1);
  }

  async function untilFewerThan(count: number): Promise<void> {
    while (underWay.size >= count) await Promise.race(underWay);
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        const entries = await nextEntries();
        await startBatches(entries);
        if (failures.length > 0) throw failures.splice(0)[0];
        pause = shortestPause;
        if (entries.length >= busyBatch && entries.length < largeBatch) await wait(gatherMs);
      } catch (error) {
        // Nobody's fault but the infrastructure's: no attempt is counted, the entries stay and come again.
        log.warn("Events cannot be processed right now; trying again", { pause, error });
        mayHaveUnfinished = true;
        await wait(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
        pause = Math.min(pause * 2, longestPause);
      }
    }
    await untilFewerThan(1);
  }

  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

/** Processes a batch, begins and wakes what it asks for, and only then takes its entries out of the stream. */
async function runBatch(services: ConsumerServices, entries: readonly StreamEntry[]): Promise<void> {
  const { log, stream } = services;
  const startedAt = performance.now();
  const { leased, dueNotificationIds, endedNotificationIds, openedStorms, retries, decisions } =
    await processIsolated(services, entries);
  leased.forEach(services.ownDeliveries.begin);
  const seconds = (performance.now() - startedAt) / 1000;
  services.metrics.batchProcessed({ events: entries.length, seconds, decisions });
  await Promise.all([
    services.wakeUps.deliver(dueNotificationIds),
    ...withdrawalsOf(services.wakeUps, endedNotificationIds),
    services.storms.wakeFirst(openedStorms),
    services.retries.wake(retries),
  ]);
  await stream.finish(entries.map(({ streamId }) => streamId));
  const own = leased.reduce((sum, { deliveries }) => sum + deliveries.length, 0);
  log.debug("Batch processed", { entries: entries.length, alerts: own + dueNotificationIds.length });
}

/** Screens and phones are to take away what is over. */
function withdrawalsOf(wakeUps: WakeUps, ids: readonly string[]): Promise<void>[] {
  if (ids.length === 0) return [];
  return [wakeUps.withdraw(ids), wakePushes(wakeUps, ids)];
}
