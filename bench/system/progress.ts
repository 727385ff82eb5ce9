import type { Pool } from "@tocsin/db/pool";
import { eventually } from "@tocsin/sandbox/testing/eventually";

/** How long a benchmark waits for the end of what it began. Milliseconds. */
const patience = 600_000;

/** What looks at tables: a pool. */
export type Looking = Pick<Pool, "query">;

/** Resolves when every event is processed. */
export async function untilProcessed(pool: Looking): Promise<void> {
  await eventually(
    async () => {
      const open = await countRows(pool, "event", "status IN ('received', 'failed')");
      if (open > 0) throw new Error(`${open} events are not processed`);
    },
    { timeoutMs: patience, everyMs: 50 },
  );
}

/** How many rows of a table are so. */
export async function countRows(pool: Looking, table: string, condition: string): Promise<number> {
  const [row] = await pool.query<{ count: number }[]>(
    `SELECT COUNT(*) AS count FROM ${table} WHERE ${condition}`,
  );
  return row?.count ?? 0;
}

/** @throws Error where a benchmark did not do what it measured */
export function assertEqual(what: string, got: number, wanted: number): void {
  if (got !== wanted) throw new Error(`${what}: ${got}, not ${wanted}`);
}

/** Resolves when every alert is in the inbox of each of its recipients. */
export async function untilInInboxes(pool: Looking): Promise<void> {
  await eventually(
    async () => {
      const open = await countRows(pool, "notification", "fanoutDueAt IS NOT NULL");
      if (open > 0) throw new Error(`${open} alerts are not in all inboxes`);
    },
    { timeoutMs: patience, everyMs: 50 },
  );
}

/** Resolves when every alert is in its inboxes and no delivery is due any more. */
export async function untilDelivered(pool: Looking): Promise<void> {
  await untilInInboxes(pool);
  await eventually(
    async () =>
      assertEqual("Deliveries due", await countRows(pool, "notification", "deliveryDueAt IS NOT NULL"), 0),
    { timeoutMs: patience, everyMs: 200 },
  );
}
