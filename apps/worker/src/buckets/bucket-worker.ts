import { jobCatalogue } from "@tocsin/contracts/jobs";
import type { BucketServices } from "@tocsin/core/buckets/check-buckets";
import { monitorBuckets } from "@tocsin/core/buckets/monitor-buckets";
import { Worker } from "bullmq";
import type { Redis } from "ioredis";

/** Runs the bucket-monitoring queue. A job is only a wake-up: the buckets themselves say whether they have crossed. */
export function startBucketWorker(services: BucketServices, connection: Redis): Worker {
  const worker = new Worker(
    jobCatalogue.checkBuckets.queue,
    async () => {
      const crossed = await monitorBuckets(services);
      if (crossed > 0) services.log.info("Transfer buckets have crossed a line", { count: crossed });
    },
    { connection, concurrency: 1, maxStalledCount: 100 },
  );
  worker.on("error", (error) => services.log.warn("The bucket queue has a problem", { error }));
  worker.on("failed", (job, error) =>
    services.log.error("The transfer buckets were not checked", { jobId: job?.id, error }),
  );
  return worker;
}
