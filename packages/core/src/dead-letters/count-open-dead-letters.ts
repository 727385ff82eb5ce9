import type { Queryable } from "@tocsin/db/pool";

/** How many dead letters wait for somebody to redrive or discard them; read from an index alone. */
export async function countOpenDeadLetters(database: Queryable): Promise<number> {
  const [row] = await database.query<{ count: number }[]>(
    "SELECT COUNT(*) AS count FROM dead_letter WHERE status = 'open'",
  );
  return row?.count ?? 0;
}
