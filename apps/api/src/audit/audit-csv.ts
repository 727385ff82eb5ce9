import { type ExportedLine, exportedColumns } from "@tocsin/core/audit/export-audit";
import { stringify } from "csv-stringify/sync";

/** Lines of the audit log as CSV (RFC 4180), a piece for each chunk. */
export async function* auditCsv(chunks: AsyncIterable<readonly ExportedLine[]>): AsyncGenerator<string> {
  yield `${exportedColumns.join(",")}\r\n`;
  for await (const rows of chunks) {
    yield stringify(
      rows.map((row) => exportedColumns.map((column) => cellOf(row[column]))),
      // A cell that begins like a formula is one, to a spreadsheet: https://owasp.org/www-community/attacks/CSV_Injection
      { record_delimiter: "windows", escape_formulas: true },
    );
  }
}

function cellOf(value: ExportedLine[string] | undefined): string {
  return value instanceof Date ? value.toISOString() : (value ?? "");
}
