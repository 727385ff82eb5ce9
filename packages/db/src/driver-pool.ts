import {
  type Connection,
  createPool,
  type PoolConfig,
  type PoolConnection,
  type QueryOptions,
} from "mariadb";
import { createRetirement, type Retirement } from "./retirement.ts";

/** How long a connection is used at most: a server behind the same address that took over is found. Milliseconds. */
export const CONNECTION_AGE_MS = 15 * 60_000;

/**
 * A statement that has no answer by then has a connection that leads nowhere: it fails, and the connection is closed. Twice
 * as long as a statement waits for a lock. Milliseconds.
 */
export const STATEMENT_TIMEOUT_MS = 20_000;

/** How often the pool tries to connect while nobody answers: every half second, for as long as it is open. */
const RETRY_FOR_EVER = Number.MAX_SAFE_INTEGER;

/**
 * A pool of the driver whose connections are given up when they are too old or lead to a read-only server. It has what
 * Prisma's adapter asks of a pool, too.
 */
export interface DriverPool {
  /** @throws the driver's SqlError when none is free, or can be opened, in time. Give it back by `release()`. */
  getConnection(): Promise<PoolConnection>;
  /** Runs a statement of text on any connection. */
  query: Connection["query"];
  /** Runs a prepared statement on any connection. */
  execute: Connection["execute"];
  /** How many connections are active and idle, and how many statements wait for one. */
  usage(): { active: number; idle: number; waiting: number };
  /** Waits for statements under way, then closes every connection. */
  end(): Promise<void>;
}

/** How long a pool has patience. */
export interface PoolDeadlines {
  /** How long a connection is used at most. Milliseconds. */
  connectionAgeMs?: number | undefined;
  /** How long a statement may go without an answer. Milliseconds. */
  statementTimeoutMs?: number | undefined;
}

/** Opens a pool; connects at the first statement. */
export function createDriverPool(
  config: PoolConfig,
  { connectionAgeMs = CONNECTION_AGE_MS, statementTimeoutMs = STATEMENT_TIMEOUT_MS }: PoolDeadlines = {},
): DriverPool {
  const pool = createPool({
    ...config,
    initializationTimeout: RETRY_FOR_EVER,
  });
  const retirement = createRetirement(connectionAgeMs);

  async function getConnection(): Promise<PoolConnection> {
    for (;;) {
      const connection = watch(await pool.getConnection(), retirement, statementTimeoutMs);
      if (!retirement.isDue(connection)) return connection;
      connection.destroy();
    }
  }

  async function onAny<Answer>(work: (connection: PoolConnection) => Promise<Answer>): Promise<Answer> {
    const connection = await getConnection();
    try {
      return await work(connection);
    } finally {
      await connection.release();
    }
  }

  return {
    getConnection,
    query: (sql, values) => onAny((connection) => connection.query(sql, values)),
    execute: (sql, values) => onAny((connection) => connection.execute(sql, values)),
    usage: () => ({
      active: pool.activeConnections(),
      idle: pool.idleConnections(),
      waiting: pool.taskQueueSize(),
    }),
    end: () => pool.end(),
  };
}

/** Any way to send a statement. */
type Send = <Answer>(sql: string | QueryOptions, values?: unknown) => Promise<Answer>;

/**
 * Lets the retirement hear of each error of a connection, closes it at its release when it is due, and at once where a
 * statement gets no answer: its statements fail then, and the server is asked, on another connection, to end the work.
 */
function watch(
  connection: PoolConnection,
  retirement: Retirement,
  statementTimeoutMs: number,
): PoolConnection {
  function heard(send: Send): Send {
    return async <Answer>(sql: string | QueryOptions, values?: unknown) => {
      const deadline = setTimeout(() => connection.destroy(), statementTimeoutMs);
      try {
        return await send<Answer>(sql, values);
      } catch (error) {
        retirement.noteError(connection, error);
        throw error;
      } finally {
        clearTimeout(deadline);
      }
    };
  }
  const release = connection.release.bind(connection);
  return Object.assign(connection, {
    query: heard(connection.query.bind(connection)),
    execute: heard(connection.execute.bind(connection)),
    batch: heard(connection.batch.bind(connection)),
    async release() {
      if (retirement.isDue(connection)) connection.destroy();
      else await release();
    },
  });
}
