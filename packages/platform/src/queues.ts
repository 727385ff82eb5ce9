import { jobCatalogue, type JobKey, type JobPayload, type QueueName } from "@tocsin/contracts/jobs";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";
import { withDeadline } from "./with-deadline.ts";

/** How long adding jobs may take; what is missed then is found by a sweep. Milliseconds. */
const addTimeout = 500;

/** A job to add. */
export interface JobToAdd<Key extends JobKey> {
  payload: JobPayload<Key>;
  /** What the job is about and which try it is: while one with this id waits, another is not added. No `:`. */
  id: string;
  /** Milliseconds. */
  delay?: number;
}

/** Opens a queue for adding jobs. */
export function createQueue(name: QueueName, connection: Redis): Queue {
  const queue = new Queue(name, { connection });
  // Each command tells of its own failure; an error event that nobody hears would end the process.
  queue.on("error", () => {});
  return queue;
}

/**
 * Adds jobs with one round trip.
 * @throws ZodError for a payload that does not fit; Error after half a second without an answer
 */
export async function addJobs<Key extends JobKey>(
  queue: Queue,
  key: Key,
  jobs: readonly JobToAdd<Key>[],
): Promise<void> {
  if (jobs.length === 0) return;
  const { name, payload, attempts, backoff } = jobCatalogue[key];
  const added = queue.addBulk(
    jobs.map((job) => ({
      name,
      data: payload.parse(job.payload),
      opts: {
        jobId: job.id,
        attempts,
        backoff,
        removeOnComplete: true,
        removeOnFail: true,
        ...(job.delay !== undefined && { delay: job.delay }),
      },
    })),
  );
  await withDeadline("Redis", addTimeout, added);
}

/** How many jobs of a queue are in which state. */
export interface QueueState {
  name: string;
  waiting: number;
  active: number;
  delayed: number;
  failed: number;
}

/** Counts the jobs of each queue. */
export async function countJobs(queues: readonly Queue[]): Promise<QueueState[]> {
  return Promise.all(
    queues.map(async (queue) => {
      const counts = await queue.getJobCounts("wait", "prioritized", "active", "delayed", "failed");
      return {
        name: queue.name,
        waiting: (counts["wait"] ?? 0) + (counts["prioritized"] ?? 0),
        active: counts["active"] ?? 0,
        delayed: counts["delayed"] ?? 0,
        failed: counts["failed"] ?? 0,
      };
    }),
  );
}

/** A job's payload as the worker gets it. @throws ZodError */
export function parseJob<Key extends JobKey>(key: Key, data: unknown): JobPayload<Key> {
  return jobCatalogue[key].payload.parse(data) as JobPayload<Key>;
}
