import type { DatabaseKind } from "./engine.ts";
import { installedMysql } from "./installed-engines.ts";

/**
 * The database server to run: the one that was asked for, else MySQL where it is installed, else MariaDB, which is
 * unpacked where it is not installed either.
 */
export async function chooseDatabase(asked: DatabaseKind | undefined): Promise<DatabaseKind> {
  return asked ?? ((await installedMysql()) === undefined ? "mariadb" : "mysql");
}
