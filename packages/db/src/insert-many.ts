import type { Connection } from "mariadb";
import { multiRowInsert } from "./multi-row-insert.ts";
import { writeUtc } from "./utc-dates.ts";

/**
 * Runs an INSERT that is written for one row for many rows: one round trip, one statement, all rows or none, in their
 * order. This is where MySQL and MariaDB are spoken to differently:
 *
 * - MariaDB has a bulk protocol of its own, which costs its server two thirds of what the same rows as text cost.
 * - MySQL does not know it: the driver would run the statement once for each row, each committed by itself. There it is
 *   one INSERT with many rows of values.
 *
 * @throws the driver's SqlError
 */
export async function insertMany(
  connection: Connection,
  sql: string,
  rows: readonly (readonly unknown[])[],
): Promise<void> {
  if (rows.length === 0) return;
  if (connection.info?.isMariaDB() === true) await connection.batch(sql, rows.map(writeUtc));
  else await connection.query(multiRowInsert(sql, rows.length), writeUtc(rows.flat()));
}
