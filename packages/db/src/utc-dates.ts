/** What the driver tells of a column of a result. */
interface ColumnMeta {
  type: string;
  name(): string;
}

/** The column types that hold an instant. */
const INSTANT_TYPES: ReadonlySet<string> = new Set(["DATETIME", "DATETIME2", "TIMESTAMP", "TIMESTAMP2"]);

/**
 * A statement's values with each Date as the text of a DATETIME in UTC. The driver itself would write it in the time
 * zone of the process.
 *
 * @throws RangeError on a Date that is none.
 */
export function writeUtc(values: readonly unknown[]): unknown[] {
  return values.map((value) => (value instanceof Date ? value.toISOString().slice(0, -1) : value));
}

/**
 * A result with the text of each DATETIME as a Date, read as UTC; the rows are changed in place. The driver itself would
 * read it in the time zone of the process, so it is told to leave it as text.
 */
export function readUtc<Result>(result: Result): Result {
  if (!Array.isArray(result) || !("meta" in result)) return result;
  const columns = (result.meta as readonly ColumnMeta[]).filter(({ type }) => INSTANT_TYPES.has(type));
  for (const column of columns) {
    const name = column.name();
    for (const row of result as Record<string, unknown>[]) {
      const text = row[name];
      if (typeof text === "string") row[name] = new Date(`${text.replace(" ", "T")}Z`);
    }
  }
  return result;
}
