import type { OpenedStorm } from "@tocsin/core/pipeline/process-batch";
import type { Logger } from "@tocsin/platform/logger";
import { addJobs, type JobToAdd } from "@tocsin/platform/queues";
import type { Queue } from "bullmq";

/** Wakes the summaries of storms. Never throws: what it misses is found by the sweep. */
export interface StormQueue {
  /** Wakes the first summary of storms that have begun, after their window. */
  wakeFirst(storms: readonly OpenedStorm[]): Promise<void>;
  /** Wakes the next summary of a storm that goes on. */
  wakeNext(ruleId: string, next: { digestNo: number; windowSeconds: number }): Promise<void>;
  /** Wakes summaries that are overdue. */
  wakeOverdue(ruleIds: readonly string[]): Promise<void>;
}

/** The waking side of the alert-suppression queue. */
export function createStormQueue({ queue, log }: { queue: Queue; log: Logger }): StormQueue {
  async function add(jobs: readonly JobToAdd<"summariseStorm">[]): Promise<void> {
    try {
      await addJobs(queue, "summariseStorm", jobs);
    } catch (error) {
      log.warn("Summaries of storms were not woken; the sweep will", { count: jobs.length, error });
    }
  }
  return {
    wakeFirst: (storms) => add(storms.map((storm) => job(storm.ruleId, "0", storm.windowSeconds * 1000))),
    wakeNext: (ruleId, next) => add([job(ruleId, String(next.digestNo), next.windowSeconds * 1000)]),
    wakeOverdue: (ruleIds) => add(ruleIds.map((ruleId) => job(ruleId, "overdue", 0))),
  };
}

function job(ruleId: string, part: string, delay: number): JobToAdd<"summariseStorm"> {
  return { id: `${ruleId}-${part}`, payload: { ruleId }, delay };
}
