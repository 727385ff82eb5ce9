import type { Pool, Queryable } from "@tocsin/db/pool";
import { retryTransaction, TRANSACTION_ATTEMPTS } from "@tocsin/db/retry";
import { placeholders } from "@tocsin/db/sql";
import { jobLeaseMs, type Lease, newLease } from "./lease.ts";
import { type Claim, type LeasedDeliveries, loadLeased } from "./load-leased.ts";

/**
 * Takes those of the deliveries that are due, marked by a lease of their own, with one round trip. Left out is what is
 * delivered already, or in another worker's hands. Waits for rows that somebody else has locked: what is passed over,
 * nobody wakes again soon.
 */
export async function leaseDeliveries(
  { pool, pushPlatforms }: { pool: Pool } & Pick<Claim, "pushPlatforms">,
  ids: readonly string[],
): Promise<LeasedDeliveries> {
  return retryTransaction(TRANSACTION_ATTEMPTS, () =>
    pool.session(async (connection) => {
      const lease = newLease(jobLeaseMs);
      // Sent together, and done one after the other.
      const [, leased] = await Promise.all([
        take(connection, ids, lease),
        loadLeased(connection, { ids, lease, pushPlatforms }),
      ]);
      return leased;
    }),
  );
}

/**
 * By the primary key, so that no other rows are locked: by the time at which they are due it would also wait for alerts
 * that are just being made.
 */
async function take(db: Queryable, ids: readonly string[], lease: Lease): Promise<void> {
  await db.query(
    `UPDATE notification FORCE INDEX (PRIMARY)
        SET deliveryLease = ?, deliveryDueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND,
            deliveryAttempts = deliveryAttempts + 1
      WHERE id IN (${placeholders(ids)}) AND deliveryDueAt <= UTC_TIMESTAMP(3)`,
    [lease.id, lease.forMs * 1000, ...ids],
  );
}
