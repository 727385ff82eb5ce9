import { lowestIdAt, newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** An id as it was made at that time. */
export function pastId(time: Date): string {
  return lowestIdAt(time).slice(0, 14) + newId().slice(14);
}

/** Writes one row as it is; what is not said has the column's default. */
export async function givenRow(pool: Pool, table: string, row: Record<string, unknown>): Promise<void> {
  const columns = Object.keys(row).map((column) => `\`${column}\``);
  const values = Object.values(row);
  await pool.query(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${placeholders(values)})`, values);
}

/** An event of that time. */
export async function givenPastEvent(
  pool: Pool,
  receivedAt: Date,
  some: Record<string, unknown> & { id?: string } = {},
): Promise<string> {
  const { id = pastId(receivedAt), ...columns } = some;
  const fixed = { type: "x", source: "test", payload: "{}", bodyHash: Buffer.alloc(32) };
  await givenRow(pool, "event", { id, ...fixed, status: "processed", receivedAt, ...columns });
  return id;
}

/** Some of what is in a table, by a column. */
export async function columnOf<Value = string>(
  pool: Pool,
  table: string,
  column: string,
  where = "TRUE",
  values: readonly unknown[] = [],
): Promise<Value[]> {
  const rows = await pool.query<{ value: Value }[]>(
    `SELECT ${column} AS value FROM ${table} WHERE ${where} ORDER BY 1`,
    values,
  );
  return rows.map(({ value }) => value);
}
