import type { Retry } from "@tocsin/core/pipeline/fail-event";
import type { Logger } from "@tocsin/platform/logger";
import { addJobs } from "@tocsin/platform/queues";
import type { Queue } from "bullmq";

/** Wakes events that are to be tried again. Never throws: what it misses is found by the sweep. */
export interface RetryQueue {
  wake(retries: readonly Retry[]): Promise<void>;
}

/** The waking side of the event-processing queue. */
export function createRetryQueue({ queue, log }: { queue: Queue; log: Logger }): RetryQueue {
  return {
    async wake(retries) {
      try {
        await addJobs(
          queue,
          "retryEvent",
          retries.map(({ eventId, delay }) => ({ id: `${eventId}-retry`, payload: { eventId }, delay })),
        );
      } catch (error) {
        log.warn("Retries were not scheduled; the sweep will", { count: retries.length, error });
      }
    },
  };
}
