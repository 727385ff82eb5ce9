import type { Transaction } from "@tocsin/db/client";
import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** How many people's screens one pass ends. */
const passRows = 100;

/** The connections of a person's screens are to be ended. Call it in the transaction that ends their access. */
export async function endScreens(tx: Transaction, userId: string): Promise<void> {
  await tx.$executeRaw`UPDATE user SET screensEndDueAt = UTC_TIMESTAMP(3) WHERE id = ${userId}`;
}

/**
 * Ends the connections of the screens of people whose access ended. Screens of sessions that go on connect anew by
 * themselves; those that may not are refused then. What the provider does not take is due again in the next pass.
 * @param terminate ends all connections on which this person signed in
 * @returns how many people's were ended
 */
export async function endDueScreens(
  pool: Pool,
  terminate: (userId: string) => Promise<void>,
): Promise<number> {
  const due = await pool.query<{ id: string; screensEndDueAt: Date }[]>(
    `SELECT id, screensEndDueAt FROM user WHERE screensEndDueAt <= UTC_TIMESTAMP(3)
      ORDER BY screensEndDueAt LIMIT ?`,
    [passRows],
  );
  if (due.length === 0) return 0;
  const results = await Promise.allSettled(due.map(({ id }) => terminate(id)));
  const ended = due.filter((_, index) => results[index]?.status === "fulfilled");
  if (ended.length > 0) {
    // One that became due again meanwhile stays so.
    await pool.query(
      `UPDATE user SET screensEndDueAt = NULL
        WHERE (id, screensEndDueAt) IN (${placeholders(ended).replaceAll("?", "(?, ?)")})`,
      ended.flatMap(({ id, screensEndDueAt }) => [id, screensEndDueAt]),
    );
  }
  const failed = results.find((result) => result.status === "rejected");
  if (failed) throw failed.reason;
  return ended.length;
}
