import type { Pool, Queryable } from "@tocsin/db/pool";
import { retryTransaction, TRANSACTION_ATTEMPTS } from "@tocsin/db/retry";
import { placeholders } from "@tocsin/db/sql";
import { deliveryIdOf } from "./delivery-id.ts";
import { jobLeaseMs, type Lease, newLease } from "./lease.ts";
import { type Claim, type LeasedDeliveries, type LeasedDelivery, loadLeased } from "./load-leased.ts";
import { screenTarget } from "./plan-requests.ts";

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

/**
 * Prolongs a lease.
 * @returns the delivery ids of what it still holds: not of what was acknowledged, resolved or repeated meanwhile
 */
export async function prolongDeliveries(
  pool: Pool,
  lease: Lease,
  deliveries: readonly Pick<LeasedDelivery, "id" | "round">[],
): Promise<ReadonlySet<string>> {
  const ids = deliveries.map(({ id }) => id);
  const isHeld = `id IN (${placeholders(ids)}) AND deliveryLease = ? AND deliveryDueAt IS NOT NULL`;
  const rows = await pool.session(async (connection) => {
    const [, held] = await Promise.all([
      connection.query(
        `UPDATE notification FORCE INDEX (PRIMARY)
            SET deliveryDueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE ${isHeld}`,
        [lease.forMs * 1000, ...ids, lease.id],
      ),
      connection.query<{ id: string; round: number }[]>(
        `SELECT id, escalationLevel AS round FROM notification WHERE ${isHeld}`,
        [...ids, lease.id],
      ),
    ]);
    return held;
  });
  return new Set(rows.map(({ id, round }) => deliveryIdOf(id, screenTarget, round)));
}
