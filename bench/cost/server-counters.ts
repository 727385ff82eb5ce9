import { readFileSync } from "node:fs";
import type { SendSql } from "@tocsin/sandbox/testing/administrate";
import type { MeasuredDatabase } from "../system/database-choice.ts";

/**
 * What a database server has done since it was started, by the name that it has in a table. Commits are those of
 * transactions that changed something: the binary log counts them, and where there is none InnoDB, whose own are among
 * them then. A sync is a call of fsync or fdatasync; those of InnoDB are of its redo log and of its pages.
 */
export type ServerCounters = Readonly<Record<(typeof counterNames)[number], number>>;

export const counterNames = [
  "statements",
  "statements: SELECT",
  "statements: INSERT",
  "statements: INSERT … SELECT",
  "statements: UPDATE",
  "statements: DELETE",
  "statements: COMMIT",
  "statements: ROLLBACK",
  "statements: SET",
  "commits",
  "commits of InnoDB, its own too",
  "syncs of InnoDB",
  "syncs of the binary log",
  "bytes to the server",
  "bytes of the redo log",
  "bytes of the binary log",
  "bytes of the doublewrite buffer",
  "bytes to the disk",
] as const;

const pageBytes = 16_384;

/** How one asks a database server what it did. */
export interface CountedServer {
  database: MeasuredDatabase;
  pid: number;
  /** As its administrator. */
  send: SendSql;
  /** Statements that this process has sent itself: they are no part of what is measured. */
  own: () => { statements: number; selects: number };
}

/** Has InnoDB count committed transactions: neither server does unless told so. */
export async function countCommits(send: SendSql): Promise<void> {
  await send("SET GLOBAL innodb_monitor_enable = 'trx_rw_commits'");
}

/**
 * Reads the counters. Linux only.
 *
 * MySQL: https://dev.mysql.com/doc/refman/8.4/en/server-status-variables.html
 * MariaDB: https://mariadb.com/kb/en/innodb-status-variables/
 */
export async function readCounters({ database, pid, send, own }: CountedServer): Promise<ServerCounters> {
  const rows = await send<{ Variable_name: string; Value: string }[]>("SHOW GLOBAL STATUS");
  const mine = own();
  const status = new Map(rows.map(({ Variable_name: name, Value: value }) => [name, Number(value)]));
  const of = (name: string) => status.get(name) ?? 0;
  const [commits] = await send<{ count: bigint }[]>(
    "SELECT COUNT AS count FROM information_schema.INNODB_METRICS WHERE NAME = 'trx_rw_commits'",
  );
  const logged =
    database.kind === "mysql"
      ? await readBinaryLogOfMysql(send)
      : { syncs: of("Binlog_group_commits"), bytes: of("Binlog_bytes_written") };
  return {
    statements: of("Questions") - mine.statements,
    "statements: SELECT": of("Com_select") - mine.selects,
    "statements: INSERT": of("Com_insert"),
    "statements: INSERT … SELECT": of("Com_insert_select"),
    "statements: UPDATE": of("Com_update") + of("Com_update_multi"),
    "statements: DELETE": of("Com_delete") + of("Com_delete_multi"),
    "statements: COMMIT": of("Com_commit"),
    "statements: ROLLBACK": of("Com_rollback"),
    "statements: SET": of("Com_set_option"),
    // A transaction that changes something passes through the binary log's cache, once.
    commits: database.binaryLog ? of("Binlog_cache_use") : Number(commits?.count),
    "commits of InnoDB, its own too": Number(commits?.count),
    "syncs of InnoDB": of("Innodb_data_fsyncs"),
    "syncs of the binary log": logged.syncs,
    "bytes to the server": of("Bytes_received"),
    "bytes of the redo log": of("Innodb_os_log_written"),
    "bytes of the binary log": logged.bytes,
    "bytes of the doublewrite buffer": of("Innodb_dblwr_pages_written") * pageBytes,
    "bytes to the disk": Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1]),
  };
}

/**
 * MySQL has no status variable for them. Its performance_schema counts a sync as "misc", and nothing else is done to
 * this file so often.
 */
async function readBinaryLogOfMysql(send: SendSql): Promise<{ syncs: number; bytes: number }> {
  const [row] = await send<{ syncs: bigint; bytes: bigint }[]>(
    `SELECT COUNT_MISC AS syncs, SUM_NUMBER_OF_BYTES_WRITE AS bytes
       FROM performance_schema.file_summary_by_event_name WHERE EVENT_NAME = 'wait/io/file/sql/binlog'`,
  );
  return { syncs: Number(row?.syncs), bytes: Number(row?.bytes) };
}
