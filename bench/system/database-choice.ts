import type { Pool } from "@tocsin/db/pool";
import { type DatabaseKind, ENGINE_NAMES } from "@tocsin/sandbox/engines/engine";
import { parseDatabaseVersion } from "@tocsin/sandbox/engines/server-version";

/** The database server that a benchmark runs on. */
export interface DatabaseChoice {
  engine: DatabaseKind;
  /** Whether it writes a binary log; left out: as it ships, which is yes for MySQL and no for MariaDB. */
  binaryLog?: boolean;
}

/** A database server that a benchmark ran on, as it says itself. */
export interface MeasuredDatabase {
  kind: DatabaseKind;
  version: string;
  binaryLog: boolean;
}

/** What the server is told beyond what production tells it. A binary log that is asked for is that of MySQL's defaults. */
export function databaseOptions({ engine, binaryLog }: DatabaseChoice): readonly string[] {
  if (binaryLog === undefined) return [];
  if (!binaryLog) return ["--skip-log-bin"];
  return engine === "mysql" ? [] : ["--log-bin=binlog", "--binlog-format=ROW", "--sync-binlog=1"];
}

/** Asks the server what it is. */
export async function askMeasuredDatabase(pool: Pool): Promise<MeasuredDatabase> {
  const [row] = await pool.query<{ version: string; binaryLog: number }[]>(
    "SELECT VERSION() AS version, @@log_bin AS binaryLog",
  );
  return { ...parseDatabaseVersion(row?.version ?? ""), binaryLog: row?.binaryLog === 1 };
}

/** For people: "MySQL 9.7.4 with its binary log". */
export function describeDatabase({ kind, version, binaryLog }: MeasuredDatabase): string {
  return `${ENGINE_NAMES[kind]} ${version} ${binaryLog ? "with its binary log" : "without a binary log"}`;
}

/** For names of files: "mysql", or "mysql-binary-log-off" where the log is not as the server ships it. */
export function databaseSuffix({ kind, binaryLog }: MeasuredDatabase): string {
  if (binaryLog === (kind === "mysql")) return kind;
  return `${kind}-binary-log-${binaryLog ? "on" : "off"}`;
}
