import type { Pool } from "@tocsin/db/pool";
import { writePart } from "./write-part.ts";

/** How many notifications one pass takes on. */
const passRows = 100;

/** How long a worker may take for one part before another one takes over. Seconds. */
export const leaseSeconds = 15;

/**
 * Writes what is left of the copies of notifications to very many people, part by part, each in a transaction of its
 * own: a worker that dies leaves whole parts behind, and the next one goes on with the first that is missing.
 * Gives each notification as soon as all have it: its delivery is due, unless it is over already.
 */
export async function* fanOutDue(pool: Pool): AsyncGenerator<string, void> {
  const due = await pool.query<{ id: string }[]>(
    `SELECT id FROM notification WHERE fanoutDueAt <= UTC_TIMESTAMP(3) ORDER BY fanoutDueAt LIMIT ${passRows}`,
  );
  // One after the other: they write to the same inboxes.
  for (const { id } of due) {
    if ((await lease(pool, id)) && (await writeParts(pool, id))) yield id;
  }
}

/** Takes a fan-out on, unless another worker was faster. */
async function lease(pool: Pool, id: string): Promise<boolean> {
  const { affectedRows } = await pool.query<{ affectedRows: number }>(
    `UPDATE notification SET fanoutDueAt = UTC_TIMESTAMP(3) + INTERVAL ? SECOND
      WHERE id = ? AND fanoutDueAt <= UTC_TIMESTAMP(3)`,
    [leaseSeconds, id],
  );
  return affectedRows > 0;
}

async function writeParts(pool: Pool, id: string): Promise<boolean> {
  for (;;) {
    const left = await writePart(pool, id, leaseSeconds);
    if (left === "none") return true;
    if (left === "not ours") return false;
  }
}
