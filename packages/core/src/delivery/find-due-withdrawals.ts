import type { Pool } from "@tocsin/db/pool";

/** How many alerts one pass wakes. */
const passRows = 1000;

/** A withdrawal has missed its wake-up when it is due for so long. Seconds. */
const graceSeconds = 2;

/** Alerts that screens are still to take away, and whose wake-up was lost. */
export async function findDueWithdrawals(pool: Pool): Promise<string[]> {
  const rows = await pool.query<{ id: string }[]>(
    `SELECT id FROM notification
      WHERE withdrawDueAt < UTC_TIMESTAMP(3) - INTERVAL ? SECOND
      ORDER BY withdrawDueAt LIMIT ?`,
    [graceSeconds, passRows],
  );
  return rows.map(({ id }) => id);
}
