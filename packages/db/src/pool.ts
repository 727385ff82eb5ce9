import type { PoolConfig, PoolConnection } from "mariadb";
import { connectionLimitOf, driverConfig, SESSION_ISOLATION } from "./driver-config.ts";
import { createDriverPool, type PoolDeadlines } from "./driver-pool.ts";
import { insertMany } from "./insert-many.ts";
import { ACQUIRE_TIMEOUT_MS, CONNECT_TIMEOUT_MS, CONNECTION_LIMIT } from "./pool-defaults.ts";
import { retryTransaction, TRANSACTION_ATTEMPTS } from "./retry.ts";
import { readUtc, writeUtc } from "./utc-dates.ts";

/** What runs statements: the pool (each on any connection) or one connection within a transaction. */
export interface Queryable {
  /**
   * Runs one statement with `?` for each value. A SELECT gives its rows, anything else `{ affectedRows, insertId }`.
   * Values: DATETIME is a Date in UTC, BIGINT and COUNT a number (one beyond 2^53 throws), DECIMAL a string,
   * BOOLEAN 0 or 1, BINARY a Buffer, JSON text for {@link parseJson}.
   *
   * @throws the driver's SqlError; see errors.ts for what it means.
   */
  query<Result = unknown>(sql: string, values?: readonly unknown[]): Promise<Result>;
  /**
   * Runs an INSERT that is written for one row, with `?` for each value, for many rows: one round trip, one statement.
   * All rows are stored, in their order, or none. A column has values of one kind only, and NULL among texts: MariaDB
   * would take others apart into several statements.
   *
   * @throws the driver's SqlError
   */
  insertMany(sql: string, rows: readonly (readonly unknown[])[]): Promise<void>;
}

/**
 * A pool of the driver's own connections, for statements over many rows at once, which Prisma would make slow.
 * Close it when the process ends.
 */
export interface Pool extends Queryable {
  /**
   * Runs `work` on one connection, inside one transaction, once. See {@link withPoolTransaction} for one that is
   * repeated where it makes sense. Queries that are begun together (`Promise.all`) are sent together and done one after
   * the other; where one fails all are undone.
   */
  transaction<Result>(
    isolation: IsolationLevel,
    work: (connection: Queryable) => Promise<Result>,
  ): Promise<Result>;
  /**
   * Runs `work` on one connection, where each statement is committed by itself. Queries that are begun together
   * (`Promise.all`) are sent together and done one after the other, also those behind one that fails.
   */
  session<Result>(work: (connection: Queryable) => Promise<Result>): Promise<Result>;
  /** How many connections are active and idle, and how many statements wait for one. */
  usage(): { active: number; idle: number; waiting: number };
  /** Waits for statements under way, then closes every connection. */
  close(): Promise<void>;
}

export type IsolationLevel = "READ COMMITTED" | "REPEATABLE READ" | "SERIALIZABLE";

export interface PoolOptions extends PoolDeadlines {
  /** mysql://user:password@host:port/database */
  url: string;
  /** How many connections at most, for transactions and for all else; the URL's connection_limit, else 10, for each. */
  connectionLimit?: number | { transactions: number; statements: number };
  /** How long to wait for a free connection before the statement fails. Milliseconds. */
  acquireTimeout?: number;
}

/**
 * Connections for transactions commit nothing by themselves. With autocommit, a statement that is sent behind one that
 * loses a deadlock would: the server has then ended the transaction already.
 */
const TRANSACTIONS_ONLY = "SET SESSION autocommit = 0";

/**
 * Opens a pool; connects at the first statement.
 *
 * @throws InvalidDatabaseUrlError
 */
export function createPool(options: PoolOptions): Pool {
  const session = driverConfig(options.url);
  const limit = options.connectionLimit ?? connectionLimitOf(options.url) ?? CONNECTION_LIMIT;
  const limits = typeof limit === "number" ? { transactions: limit, statements: limit } : limit;
  const config: PoolConfig & { jsonStrings: boolean } = {
    ...session,
    minimumIdle: 1,
    connectTimeout: CONNECT_TIMEOUT_MS,
    acquireTimeout: options.acquireTimeout ?? ACQUIRE_TIMEOUT_MS,
    bigIntAsNumber: true,
    insertIdAsNumber: true,
    checkNumberRange: true,
    // Read as UTC by `readUtc`.
    dateStrings: true,
    // MySQL and MariaDB keep JSON differently; as text both are read alike. The driver's types forget this one.
    jsonStrings: true,
  };
  const open = (connectionLimit: number, initSql: string[]) =>
    createDriverPool({ ...config, connectionLimit, initSql }, options);
  const statements = open(limits.statements, session.initSql);
  const transactions = open(limits.transactions, [...session.initSql, TRANSACTIONS_ONLY]);
  const both = [statements, transactions] as const;
  return {
    query: async <Result>(sql: string, values?: readonly unknown[]) =>
      readUtc<Result>(await statements.query(sql, values && writeUtc(values))),
    async insertMany(sql, rows) {
      const connection = await statements.getConnection();
      try {
        await insertMany(connection, sql, rows);
      } finally {
        await connection.release();
      }
    },
    async transaction(isolation, work) {
      const connection = await transactions.getConnection();
      return runTransaction(connection, isolation, work);
    },
    async session(work) {
      const connection = await statements.getConnection();
      return runSession(connection, work);
    },
    usage() {
      const [one, other] = [statements.usage(), transactions.usage()];
      return {
        active: one.active + other.active,
        idle: one.idle + other.idle,
        waiting: one.waiting + other.waiting,
      };
    },
    close: async () => void (await Promise.all(both.map((driver) => driver.end()))),
  };
}

export interface PoolTransactionOptions {
  isolation?: IsolationLevel;
  /** How often it is run when it meets another one. */
  attempts?: number;
}

/**
 * Runs `work` in one transaction, READ COMMITTED unless told otherwise. One that met another (deadlock, lock wait) is
 * rolled back and run again from the start, up to three times: `work` must do nothing that a rollback does not undo.
 *
 * @throws whatever `work` or the database threw last. After a connection lost during COMMIT nobody knows whether it
 * was committed: look before doing it again.
 */
export async function withPoolTransaction<Result>(
  pool: Pool,
  work: (connection: Queryable) => Promise<Result>,
  { isolation = "READ COMMITTED", attempts = TRANSACTION_ATTEMPTS }: PoolTransactionOptions = {},
): Promise<Result> {
  return retryTransaction(attempts, () => pool.transaction(isolation, work));
}

async function runSession<Result>(
  connection: PoolConnection,
  work: (connection: Queryable) => Promise<Result>,
): Promise<Result> {
  const lent = lend(connection, "The session is over");
  try {
    return await work(lent.queryable);
  } finally {
    await lent.takeBack();
    await connection.release();
  }
}

async function runTransaction<Result>(
  connection: PoolConnection,
  isolation: IsolationLevel,
  work: (connection: Queryable) => Promise<Result>,
): Promise<Result> {
  const lent = lend(connection, "The transaction is over");
  try {
    if (isolation !== SESSION_ISOLATION) {
      await connection.query(`SET TRANSACTION ISOLATION LEVEL ${isolation}`);
    }
    const result = await work(lent.queryable);
    await lent.takeBack();
    await connection.query("COMMIT");
    await connection.release();
    return result;
  } catch (error) {
    await lent.takeBack();
    await rollBack(connection);
    throw error;
  }
}

/** A connection in the hands of work that may have begun more than it waits for. */
interface Lent {
  queryable: Queryable;
  /**
   * Refuses further statements and resolves when those that were begun are done: what is still to be sent of them must
   * not come into whatever is next on this connection.
   */
  takeBack: () => Promise<void>;
}

/** @param over what is said to who comes too late */
function lend(connection: PoolConnection, over: string): Lent {
  const begun: Promise<unknown>[] = [];
  let isOver = false;
  async function send<Answer>(query: () => Promise<Answer>): Promise<Answer> {
    if (isOver) throw new Error(over);
    const answer = query();
    begun.push(answer);
    return answer;
  }
  return {
    queryable: {
      query: <Result>(sql: string, values?: readonly unknown[]) =>
        send(async () => readUtc<Result>(await connection.query(sql, values && writeUtc(values)))),
      insertMany: (sql, rows) => send(() => insertMany(connection, sql, rows)),
    },
    async takeBack() {
      isOver = true;
      await Promise.allSettled(begun);
    },
  };
}

/** Also after a lock wait timeout, which undoes only the statement. A connection that cannot roll back is not used again. */
async function rollBack(connection: PoolConnection): Promise<void> {
  try {
    await connection.query("ROLLBACK");
    await connection.release();
  } catch {
    connection.destroy();
  }
}

/** The value of a JSON column that {@link Queryable} gave as text. */
export function parseJson<Value = unknown>(text: unknown): Value {
  return (typeof text === "string" ? JSON.parse(text) : text) as Value;
}
