import type { AuditLog } from "@tocsin/db/client";
import { stringify } from "csv-stringify/sync";

const columns = [
  ...["timestamp", "action", "actorType", "userId", "actorLabel", "resourceType", "resourceId"],
  ...["metadata", "before", "after", "requestId", "ip", "id"],
] as const satisfies (keyof AuditLog)[];

/** Lines of the audit log as CSV (RFC 4180), a piece for each chunk. */
export async function* auditCsv(chunks: AsyncIterable<readonly AuditLog[]>): AsyncGenerator<string> {
  yield `${columns.join(",")}\r\n`;
  for await (const rows of chunks) {
    yield stringify(
      rows.map((row) => columns.map((column) => cellOf(row[column]))),
      // A cell that begins like a formula is one, to a spreadsheet: https://owasp.org/www-community/attacks/CSV_Injection
      { record_delimiter: "windows", escape_formulas: true },
    );
  }
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (value instanceof Date) return value.toISOString();
  return typeof value === "string" ? value : JSON.stringify(value);
}
