import type { Pool } from "@tocsin/db/pool";

/** How many deliveries one pass wakes. */
const passRows = 1000;

/** A delivery has missed its wake-up when it is due for so long. Seconds. */
const graceSeconds = 2;

/** Deliveries whose wake-up was lost, or whose worker died with the lease. */
export async function findDueDeliveries(pool: Pool): Promise<string[]> {
  const rows = await pool.query<{ id: string }[]>(
    `SELECT id FROM notification
      WHERE deliveryDueAt < UTC_TIMESTAMP(3) - INTERVAL ? SECOND
      ORDER BY deliveryDueAt LIMIT ?`,
    [graceSeconds, passRows],
  );
  return rows.map(({ id }) => id);
}
