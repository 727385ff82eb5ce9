import type { Queryable } from "../pool.ts";

/** A line of `EXPLAIN FORMAT=TRADITIONAL`: the one format that MySQL and MariaDB share, whatever their default is. */
export interface PlanLine {
  table: string | null;
  type: string | null;
  key: string | null;
  /** A number in text on MariaDB. */
  rows: number | string | null;
  Extra: string | null;
}

/** How a plan finds the rows of one table. */
export type AccessKind =
  /** One row at most, by a whole unique key. */
  | "row"
  /** The rows of one value of an index, or of some. */
  | "lookup"
  /** One or more stretches of an index. */
  | "range"
  /** Every entry of an index. */
  | "whole index"
  /** Every row. */
  | "whole table"
  /** No stored table: what another part of the statement gave, such as a derived table. */
  | "result";

/** What a plan does with one table. */
export interface TableAccess {
  /** As the statement calls it: its alias where it has one; `<derived2>` and the like are results. */
  table: string;
  kind: AccessKind;
  /** Null: none. Several, where their results are merged, are joined by commas. */
  index: string | null;
  /** How many rows the server expects to look at, each time that it looks. */
  estimatedRows: number;
  /** Rows are collected and sorted, where an index could give them in order. */
  sorts: boolean;
  usesTemporaryTable: boolean;
}

// https://dev.mysql.com/doc/refman/9.7/en/explain-output.html#explain-join-types, https://mariadb.com/kb/en/explain/
const KINDS: Readonly<Record<string, AccessKind>> = {
  system: "row",
  const: "row",
  eq_ref: "row",
  unique_subquery: "row",
  ref: "lookup",
  ref_or_null: "lookup",
  index_subquery: "lookup",
  fulltext: "lookup",
  range: "range",
  index_merge: "range",
  index: "whole index",
  ALL: "whole table",
};

/**
 * How the server would run a statement: each table that it would look into, in its order. What it can answer without a
 * table is left out.
 *
 * @throws the driver's SqlError
 */
export async function readPlan(
  db: Queryable,
  sql: string,
  values: readonly unknown[] = [],
): Promise<TableAccess[]> {
  return tableAccesses(await db.query<PlanLine[]>(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, values));
}

/** @throws RangeError on a kind of access that is not known. */
export function tableAccesses(lines: readonly PlanLine[]): TableAccess[] {
  return lines.flatMap(({ table, type, key, rows, Extra }) => {
    if (table === null || type === null) return [];
    const kind = table.startsWith("<") ? "result" : KINDS[type];
    if (kind === undefined) throw new RangeError(`The plan's access ${type} of ${table} is not known.`);
    return {
      table,
      kind,
      index: key,
      estimatedRows: Number(rows ?? 0),
      sorts: /\bUsing filesort\b/.test(Extra ?? ""),
      usesTemporaryTable: /\bUsing temporary\b/.test(Extra ?? ""),
    };
  });
}
