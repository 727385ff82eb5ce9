import { type Connection, createConnection } from "mariadb";
import { driverConfig } from "../driver-config.ts";
import { MigrationRefusedError } from "./plan-migrations.ts";

/** The lock that `prisma migrate` takes too. It is the server's: two databases of one server take turns. */
export const LOCK_NAME = "prisma_migrate";
const LOCK_WAIT_SECONDS = 60;

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * How long a statement waits for a table that an open transaction reads or writes. All that comes after the statement
 * waits behind it: the server's own limit, a day and more, would stop the system.
 */
const TABLE_WAIT_SECONDS = 30;

/** What migrations take for granted, whatever the server's own defaults are. */
const SESSION_SQL = `SET SESSION default_storage_engine = InnoDB, lock_wait_timeout = ${TABLE_WAIT_SECONDS},
  foreign_key_checks = 1, unique_checks = 1`;

/** A connection that `work` has for itself; it is closed afterwards. */
export async function withConnection<Result>(
  url: string,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(url);
  try {
    return await work(connection);
  } finally {
    await connection.end().catch(() => connection.destroy());
  }
}

/**
 * Runs `work` while no other process migrates on the same server. The lock ends with the connection: one whose process
 * was killed keeps it until the server has finished its last statement.
 *
 * @param waitSeconds how long to wait for the other one
 * @throws MigrationRefusedError that names who has the lock, when the time is over.
 */
export async function withMigrationLock<Result>(
  url: string,
  work: (connection: Connection) => Promise<Result>,
  waitSeconds: number = LOCK_WAIT_SECONDS,
): Promise<Result> {
  return withConnection(url, async (connection) => {
    const [row] = await connection.query<{ taken: number | null }[]>("SELECT GET_LOCK(?, ?) AS taken", [
      LOCK_NAME,
      waitSeconds,
    ]);
    if (row?.taken !== 1) throw new MigrationRefusedError(await lockedMessage(connection, waitSeconds));
    return work(connection);
  });
}

async function connect(url: string): Promise<Connection> {
  const config = driverConfig(url);
  return createConnection({
    ...config,
    initSql: [...config.initSql, SESSION_SQL],
    connectTimeout: CONNECT_TIMEOUT_MS,
    // MariaDB gives INT where MySQL gives BIGINT, which the driver makes a bigint unless told otherwise.
    bigIntAsNumber: true,
  });
}

async function lockedMessage(connection: Connection, waitSeconds: number): Promise<string> {
  const holder = await lockHolder(connection);
  return (
    `Another process has been migrating on this server for over ${waitSeconds} s` +
    `${holder === undefined ? "" : ` (${holder})`}. Wait until it is done, then try again.`
  );
}

/** Who has the lock, as far as this account may see; undefined where it was given back in the meantime. */
async function lockHolder(connection: Connection): Promise<string | undefined> {
  const [row] = await connection.query<{ id: number | null }[]>("SELECT IS_USED_LOCK(?) AS id", [LOCK_NAME]);
  if (typeof row?.id !== "number") return undefined;
  // Without the right PROCESS it shows the account's own connections only.
  const processes = await connection.query<{ Id: number; User: string; Host: string }[]>("SHOW PROCESSLIST");
  const holder = processes.find(({ Id }) => Id === row.id);
  return holder === undefined
    ? `connection ${row.id}`
    : `connection ${row.id}: ${holder.User} from ${holder.Host}`;
}
