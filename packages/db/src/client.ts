import { PrismaMariaDb } from "@prisma/adapter-mariadb";
import { connectionLimitOf, driverConfig } from "./driver-config.ts";
import { createDriverPool, type PoolDeadlines } from "./driver-pool.ts";
import { type Prisma, PrismaClient } from "./generated/client.ts";
import { ACQUIRE_TIMEOUT_MS, CONNECT_TIMEOUT_MS, CONNECTION_LIMIT } from "./pool-defaults.ts";

export { Prisma } from "./generated/client.ts";
export type {
  ApiKey,
  AuditLog,
  BalanceEntryKind,
  BucketBalanceEntry,
  BucketState,
  DeadLetter,
  Device,
  Event,
  NotificationRecipient,
  RefreshToken,
  Role,
  Silence,
  Sound,
  TransferBucket,
} from "./generated/client.ts";

/** The database through Prisma. */
export type Database = PrismaClient;

/** The database within a transaction. */
export type Transaction = Prisma.TransactionClient;

export interface DatabaseOptions extends PoolDeadlines {
  /** mysql://user:password@host:port/database */
  url: string;
  /** How many connections at most; the URL's connection_limit, else 10. */
  connectionLimit?: number;
  /** How long to wait for a free connection before the query fails. Milliseconds. */
  acquireTimeout?: number;
}

/**
 * Opens the database through Prisma; connects at the first query. Close it with `$disconnect()`.
 *
 * @throws InvalidDatabaseUrlError
 */
export function createDatabase(options: DatabaseOptions): Database {
  // Errors go into logs: minimal ones do not quote the arguments, which may be secret.
  return new PrismaClient({ adapter: createAdapter(options), errorFormat: "minimal" });
}

/**
 * What Prisma reaches the database by.
 *
 * @throws InvalidDatabaseUrlError
 */
export function createAdapter(options: DatabaseOptions): PrismaMariaDb {
  const config = {
    ...driverConfig(options.url),
    connectionLimit: options.connectionLimit ?? connectionLimitOf(options.url) ?? CONNECTION_LIMIT,
    minimumIdle: 1,
    connectTimeout: CONNECT_TIMEOUT_MS,
    acquireTimeout: options.acquireTimeout ?? ACQUIRE_TIMEOUT_MS,
    // As the adapter has it for a pool of its own: Prisma's statements differ too much to be kept prepared.
    prepareCacheLength: 0,
  };
  const pool = createDriverPool(config, options);
  // The adapter brings a driver of its own, of another version; it only asks for these methods of a pool.
  return new PrismaMariaDb(pool as unknown as AdapterPool, { disposeExternalPool: true });
}

type AdapterPool = Extract<ConstructorParameters<typeof PrismaMariaDb>[0], { getConnection: unknown }>;
