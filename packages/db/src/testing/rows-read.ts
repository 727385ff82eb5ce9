import type { Pool, Queryable } from "../pool.ts";

/**
 * How many rows (or entries of an index) the server read to answer a query, sorting and temporary tables included:
 * what it did, where a plan says what it means to do.
 *
 * @throws the driver's SqlError
 */
export async function countRowsRead(
  pool: Pool,
  sql: string,
  values: readonly unknown[] = [],
): Promise<{ read: number; given: number }> {
  return pool.session(async (connection) => {
    // Asking reads rows as well: as many each time.
    const atFirst = await readsSoFar(connection);
    const before = await readsSoFar(connection);
    const rows = await connection.query<unknown[]>(sql, values);
    const after = await readsSoFar(connection);
    return { read: after - before - (before - atFirst), given: rows.length };
  });
}

/** The session's counters: https://dev.mysql.com/doc/refman/9.7/en/server-status-variables.html, the same on MariaDB. */
async function readsSoFar(connection: Queryable): Promise<number> {
  const counters = await connection.query<{ Variable_name: string; Value: string }[]>(
    "SHOW SESSION STATUS LIKE 'Handler_read%'",
  );
  return counters
    .filter(({ Variable_name }) => COUNTED.has(Variable_name))
    .reduce((sum, { Value }) => sum + Number(Value), 0);
}

/** All but MariaDB's own Handler_read_retry and Handler_read_rnd_deleted, which read nothing more. */
const COUNTED = new Set(
  ["first", "key", "last", "next", "prev", "rnd", "rnd_next"].map((name) => `Handler_read_${name}`),
);
