import { jobCatalogue, type JobKey, type JobPayload, type QueueName } from "@tocsin/contracts/jobs";
import { Queue } from "bullmq";
import type { Redis } from "ioredis";

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
  return new Queue(name, { connection });
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
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Error(`Redis did not take jobs within ${addTimeout} ms`)),
      addTimeout,
    );
  });
  try {
    await Promise.race([added, timeout]);
  } finally {
    clearTimeout(timer);
  }
}

/** A job's payload as the worker gets it. @throws ZodError */
export function parseJob<Key extends JobKey>(key: Key, data: unknown): JobPayload<Key> {
  return jobCatalogue[key].payload.parse(data) as JobPayload<Key>;
}
