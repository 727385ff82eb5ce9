import type { Pool } from "@tocsin/db/pool";

/** How many storms one pass wakes. */
const passRows = 1000;

/** A summary has missed its wake-up when it is due for so long. Seconds. */
const graceSeconds = 2;

/** Rules whose storm's summary is overdue: its wake-up was lost. */
export async function findDueStorms(pool: Pool): Promise<string[]> {
  const rows = await pool.query<{ ruleId: string }[]>(
    `SELECT ruleId FROM rule_gate
      WHERE nextDigestAt < UTC_TIMESTAMP(3) - INTERVAL ? SECOND
      ORDER BY nextDigestAt LIMIT ?`,
    [graceSeconds, passRows],
  );
  return rows.map(({ ruleId }) => ruleId);
}
