import { jobCatalogue } from "@tocsin/contracts/jobs";
import type { Logger } from "@tocsin/platform/logger";
import type { Queue } from "bullmq";

/** The one schedule, whoever declares it. */
const schedulerId = "check-buckets";

/** How late a check may be before its schedule is taken for broken. Milliseconds. */
const patienceMs = 30_000;

/** Wakes the check of the transfer buckets again and again. */
export interface BucketQueue {
  /**
   * Sees to it that the check is scheduled, once for all workers, also after Redis has forgotten it. Never throws:
   * whoever declares it again makes up for it.
   */
  declare(): Promise<void>;
}

/** The waking side of the bucket-monitoring queue. */
export function createBucketQueue(
  { queue, log }: { queue: Queue; log: Logger },
  everyMs: number,
): BucketQueue {
  const { name, attempts, backoff } = jobCatalogue.checkBuckets;
  return {
    async declare() {
      try {
        const schedule = await queue.getJobScheduler(schedulerId);
        if (schedule?.every === everyMs && isOnTime(schedule.next, everyMs)) return;
        await queue.upsertJobScheduler(
          schedulerId,
          { every: everyMs },
          { name, data: {}, opts: { attempts, backoff, removeOnComplete: true, removeOnFail: true } },
        );
      } catch (error) {
        log.warn("The check of transfer buckets could not be scheduled; it is tried again", { error });
      }
    },
  };
}

function isOnTime(next: number | undefined, everyMs: number): boolean {
  return next !== undefined && next > Date.now() - everyMs - patienceMs;
}
