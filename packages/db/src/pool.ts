import { setTimeout as wait } from "node:timers/promises";
import { createPool as createDriverPool } from "mariadb";
import { isTransient } from "./errors.ts";

/** What runs statements: the pool (each on any connection) or one connection within a transaction. */
export interface Queryable {
  query<Result = unknown>(sql: string, values?: readonly unknown[]): Promise<Result>;
}

/** One connection, for the length of a transaction. */
export type PoolConnection = Queryable;

/**
 * The raw driver's pool, for statements over many rows at once, which Prisma would make slow. Statements are
 * parameterised with `?` throughout. Dates are UTC; whole numbers come as numbers, JSON columns through
 * {@link parseJson}.
 */
export interface Pool extends Queryable {
  /** Runs `work` on one connection of its own. */
  withConnection<Result>(work: (connection: PoolConnection) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

export interface PoolOptions {
  /** mysql://user:password@host:port/database */
  url: string;
  connectionLimit?: number;
  /** How long to wait for a connection before the statement fails. Milliseconds. */
  acquireTimeout?: number;
}

/** The driver's settings for a database URL. */
export function driverConfig({ url, connectionLimit = 10, acquireTimeout = 2_000 }: PoolOptions) {
  const { hostname, port, username, password, pathname } = new URL(url);
  return {
    host: hostname,
    port: port === "" ? 3306 : Number(port),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
    connectionLimit,
    acquireTimeout,
    connectTimeout: Math.min(acquireTimeout, 5_000),
    timezone: "Z",
    // MySQL 8 and later keep passwords as SHA-256; without TLS the server's key must be fetched.
    allowPublicKeyRetrieval: true,
    insertIdAsNumber: true,
    bigIntAsNumber: true,
    decimalAsNumber: false,
    autoJsonMap: false,
  };
}

/** Opens a pool; connects at the first statement. */
export function createPool(options: PoolOptions): Pool {
  const driver = createDriverPool(driverConfig(options));
  return {
    query: (sql, values) => driver.query(sql, values && [...values]),
    async withConnection(work) {
      const connection = await driver.getConnection();
      try {
        return await work({ query: (sql, values) => connection.query(sql, values && [...values]) });
      } finally {
        await connection.release();
      }
    },
    close: () => driver.end(),
  };
}

/** How often a transaction is run before its error is passed on. */
const attempts = 3;

/**
 * Runs `work` in one READ COMMITTED transaction. One that met another (deadlock, lock wait) is rolled back and run
 * again from the start, up to three times, so `work` must not do anything that a rollback does not undo.
 * @throws whatever `work` or the database threw last
 */
export async function withPoolTransaction<Result>(
  pool: Pool,
  work: (connection: PoolConnection) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await pool.withConnection((connection) => runTransaction(connection, work));
    } catch (error) {
      if (!isTransient(error) || attempt >= attempts) throw error;
      await wait(Math.random() * 20 * attempt);
    }
  }
}

async function runTransaction<Result>(
  connection: PoolConnection,
  work: (connection: PoolConnection) => Promise<Result>,
): Promise<Result> {
  await connection.query("SET TRANSACTION ISOLATION LEVEL READ COMMITTED");
  await connection.query("START TRANSACTION");
  try {
    const result = await work(connection);
    await connection.query("COMMIT");
    return result;
  } catch (error) {
    // Also after a lock wait timeout, which undoes only the statement.
    await connection.query("ROLLBACK").catch(() => undefined);
    throw error;
  }
}

/** A JSON column's value: MariaDB gives text, MySQL may give it parsed. */
export function parseJson<Value = unknown>(value: unknown): Value {
  return (typeof value === "string" ? JSON.parse(value) : value) as Value;
}
