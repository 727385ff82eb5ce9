import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { isConfined } from "./app-armor.ts";
import type { MariadbBinaries, MysqlBinaries, RedisBinaries } from "./engine.ts";
import { findOnPath } from "./find-on-path.ts";
import { parseDatabaseVersion } from "./server-version.ts";

const run = promisify(execFile);

/** The first MySQL with every setting that is used here (innodb_redo_log_capacity). */
const OLDEST_MYSQL = [8, 0, 30] as const;

/** An installed MySQL that can be started with data of our own; undefined where there is none. */
export async function installedMysql(): Promise<MysqlBinaries | undefined> {
  const mysqld = findOnPath(["mysqld"]);
  if (mysqld === undefined || isConfined(mysqld)) return undefined;
  try {
    const { stdout } = await run(mysqld, ["--no-defaults", "--version"]);
    return isUsableMysql(stdout) ? { mysqld: [mysqld] } : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Whether the version line of a program called mysqld is that of a MySQL that is new enough. Where MariaDB is
 * installed, mysqld is often a link to it.
 */
export function isUsableMysql(versionLine: string): boolean {
  const { kind, version } = parseDatabaseVersion(versionLine.slice(versionLine.indexOf(" Ver ")));
  const numbers = version.split(".").map(Number);
  const different = OLDEST_MYSQL.findIndex((number, index) => numbers[index] !== number);
  const isNewEnough =
    different === -1 || (numbers[different] ?? 0) > (OLDEST_MYSQL[different] ?? Number.POSITIVE_INFINITY);
  return kind === "mysql" && isNewEnough;
}

/** An installed MariaDB; undefined where its two programs are not both there. */
export function installedMariadb(): MariadbBinaries | undefined {
  const mariadbd = findOnPath(["mariadbd"]);
  const installDb = findOnPath(["mariadb-install-db"]);
  return mariadbd === undefined || installDb === undefined ? undefined : { mariadbd, installDb, env: {} };
}

/** An installed Redis; undefined where there is none. */
export function installedRedis(): RedisBinaries | undefined {
  const redisServer = findOnPath(["redis-server"]);
  return redisServer === undefined ? undefined : { redisServer, env: {} };
}
