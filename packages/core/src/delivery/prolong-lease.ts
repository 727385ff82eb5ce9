import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { Lease } from "./lease.ts";

/** Where a notification says by whom its delivery to screens, or its withdrawal from them, is held, and until when. */
const columnsOf = {
  delivery: { lease: "deliveryLease", dueAt: "deliveryDueAt" },
  withdrawal: { lease: "withdrawLease", dueAt: "withdrawDueAt" },
} as const;

/**
 * Prolongs a lease of notifications.
 * @returns those that it still holds: not what was asked for anew, or needs no more to be done, meanwhile
 */
export async function prolongLease(
  pool: Pool,
  what: keyof typeof columnsOf,
  { lease, ids }: { lease: Lease; ids: readonly string[] },
): Promise<{ id: string; round: number }[]> {
  const columns = columnsOf[what];
  const isHeld = `id IN (${placeholders(ids)}) AND ${columns.lease} = ? AND ${columns.dueAt} IS NOT NULL`;
  return pool.session(async (connection) => {
    const [, held] = await Promise.all([
      connection.query(
        `UPDATE notification FORCE INDEX (PRIMARY)
            SET ${columns.dueAt} = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE ${isHeld}`,
        [lease.forMs * 1000, ...ids, lease.id],
      ),
      connection.query<{ id: string; round: number }[]>(
        `SELECT id, escalationLevel AS round FROM notification WHERE ${isHeld}`,
        [...ids, lease.id],
      ),
    ]);
    return held;
  });
}
