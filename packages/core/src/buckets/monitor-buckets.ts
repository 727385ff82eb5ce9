import { type BucketServices, checkBuckets, hasCrossed } from "./check-buckets.ts";

/** How many buckets change their state in one transaction. */
const chunkSize = 500;

/**
 * Checks every bucket, whoever changed it and by whatever way.
 * @returns how many have crossed a line
 */
export async function monitorBuckets(services: BucketServices): Promise<number> {
  let count = 0;
  let after = "";
  for (;;) {
    // One chunk after the other: each starts where the one before ended.
    const rows = await services.pool.query<{ id: string }[]>(
      `SELECT id FROM transfer_bucket WHERE id > ? AND ${hasCrossed} ORDER BY id LIMIT ${chunkSize}`,
      [after],
    );
    const ids = rows.map(({ id }) => id);
    count += await checkBuckets(services, ids);
    after = ids.at(-1) ?? after;
    if (ids.length < chunkSize) return count;
  }
}
