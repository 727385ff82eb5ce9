import { judgeServer, type ServerFacts, type ServerProblem } from "./judge-server.ts";
import type { Right } from "./missing-rights.ts";
import { type DatabaseServer, parseServerVersion } from "./server-version.ts";

/** What asks a server: a connection of the driver's, or a pool. */
interface Asking {
  query<Result>(sql: string): Promise<Result>;
}

export interface ServerCheck {
  server: DatabaseServer;
  /** Empty where Tocsin can work with it. */
  problems: ServerProblem[];
}

const SERVER_VARIABLES = ["version", "log_bin", "read_only", "super_read_only", "innodb_read_only"];
const SESSION_VARIABLES = [
  ...["time_zone", "sql_mode", "transaction_isolation", "tx_isolation"],
  ...["default_storage_engine", "binlog_format"],
];

/**
 * Whether Tocsin can work with a server: its version, its engine, whether it takes writes, what our account may do and
 * what a session comes out with. Only reads.
 *
 * @param rights what the account must be able to do: RUNTIME_RIGHTS or MIGRATION_RIGHTS
 * @throws the driver's SqlError where the server does not answer
 */
export async function checkServer(
  connection: Asking,
  { database, rights }: { database: string; rights: readonly Right[] },
): Promise<ServerCheck> {
  const server = await readVariables(connection, "GLOBAL", SERVER_VARIABLES);
  const facts: ServerFacts = {
    database,
    server,
    session: await readVariables(connection, "SESSION", SESSION_VARIABLES),
    innodb: await readInnodbSupport(connection),
    grants: await readGrants(connection),
  };
  return { server: parseServerVersion(server["version"] ?? "unknown"), problems: judgeServer(facts, rights) };
}

/** Those of the named variables that the server knows: MySQL and MariaDB do not have the same ones. */
async function readVariables(
  connection: Asking,
  scope: "GLOBAL" | "SESSION",
  names: readonly string[],
): Promise<Record<string, string>> {
  const list = names.map((name) => `'${name}'`).join(", ");
  const rows = await connection.query<{ Variable_name: string; Value: string }[]>(
    `SHOW ${scope} VARIABLES WHERE Variable_name IN (${list})`,
  );
  return Object.fromEntries(rows.map((row) => [row.Variable_name.toLowerCase(), row.Value]));
}

async function readInnodbSupport(connection: Asking): Promise<string | undefined> {
  const rows = await connection.query<{ support: string }[]>(
    "SELECT SUPPORT AS support FROM information_schema.ENGINES WHERE ENGINE = 'InnoDB'",
  );
  return rows[0]?.support;
}

async function readGrants(connection: Asking): Promise<string[]> {
  const rows = await connection.query<Record<string, string>[]>("SHOW GRANTS");
  return rows.flatMap((row) => Object.values(row));
}
