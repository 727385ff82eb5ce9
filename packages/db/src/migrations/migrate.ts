import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { type Connection, createConnection } from "mariadb";
import { driverConfig } from "../pool.ts";
import { type AppliedMigration, MigrationRefusedError, planMigrations } from "./plan-migrations.ts";
import { type Migration, readMigrations } from "./read-migrations.ts";

/** The migrations of this repository. */
export const migrationsFolder = join(import.meta.dirname, "../../../../prisma/migrations");

const lockName = "tocsin_migrations";
/** How long to wait for another process that migrates. Seconds. */
const lockSeconds = 60;

export interface MigrateOptions {
  url: string;
  folder?: string;
  onApply?: (name: string) => void;
}

/**
 * Brings a database up to date, as `prisma migrate deploy` does: it keeps Prisma's own table `_prisma_migrations`, so
 * that either may be used at any time. One process migrates, the others wait for it.
 * @returns the names of the migrations that were applied
 * @throws MigrationRefusedError where the database is not one to be migrated
 */
export async function migrate({ url, folder = migrationsFolder, onApply }: MigrateOptions): Promise<string[]> {
  return withLockedConnection(url, async (connection) => {
    const pending = planMigrations(readMigrations(folder), await readApplied(connection));
    for (const migration of pending) {
      onApply?.(migration.name);
      await apply(connection, migration);
    }
    return pending.map(({ name }) => name);
  });
}

/** What is applied and what is not, oldest first. Changes nothing. */
export async function migrationStatus({
  url,
  folder = migrationsFolder,
}: MigrateOptions): Promise<{ applied: string[]; pending: string[] }> {
  const connection = await connect(url);
  try {
    const applied = (await hasMigrationTable(connection)) ? await readApplied(connection) : [];
    const pending = planMigrations(readMigrations(folder), applied);
    return { applied: applied.map(({ name }) => name), pending: pending.map(({ name }) => name) };
  } finally {
    await connection.end();
  }
}

async function connect(url: string): Promise<Connection> {
  const { connectionLimit: _limit, acquireTimeout: _timeout, ...config } = driverConfig({ url });
  return createConnection({ ...config, multipleStatements: true });
}

async function withLockedConnection<Result>(
  url: string,
  work: (connection: Connection) => Promise<Result>,
): Promise<Result> {
  const connection = await connect(url);
  try {
    const [lock] = await connection.query<{ taken: number | null }[]>("SELECT GET_LOCK(?, ?) AS taken", [
      lockName,
      lockSeconds,
    ]);
    if (lock?.taken !== 1) {
      throw new MigrationRefusedError(`Another process has been migrating for over ${lockSeconds} s. Try again later.`);
    }
    return await work(connection);
  } finally {
    // The lock ends with the connection.
    await connection.end();
  }
}

async function hasMigrationTable(connection: Connection): Promise<boolean> {
  const rows = await connection.query<unknown[]>(
    "SELECT 1 FROM information_schema.tables WHERE table_schema = DATABASE() AND table_name = '_prisma_migrations'",
  );
  return rows.length > 0;
}

async function readApplied(connection: Connection): Promise<AppliedMigration[]> {
  if (!(await hasMigrationTable(connection))) {
    await refuseForeignSchema(connection);
    await createMigrationTable(connection);
  }
  const rows = await connection.query<{ name: string; checksum: string; isFinished: number }[]>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS isFinished
       FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY migration_name`,
  );
  return rows.map((row) => ({ ...row, isFinished: row.isFinished === 1 }));
}

async function refuseForeignSchema(connection: Connection): Promise<void> {
  const tables = await connection.query<{ name: string }[]>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() LIMIT 3",
  );
  if (tables.length > 0) {
    throw new MigrationRefusedError(
      `The database is not empty (${tables.map(({ name }) => name).join(", ")} …) and was not made by these migrations. Give Tocsin a database of its own.`,
    );
  }
}

/** As Prisma makes it: https://github.com/prisma/prisma-engines, sql-migration-connector. */
async function createMigrationTable(connection: Connection): Promise<void> {
  await connection.query(
    `CREATE TABLE _prisma_migrations (
       id                  VARCHAR(36) PRIMARY KEY NOT NULL,
       checksum            VARCHAR(64) NOT NULL,
       finished_at         DATETIME(3),
       migration_name      VARCHAR(255) NOT NULL,
       logs                TEXT,
       rolled_back_at      DATETIME(3),
       started_at          DATETIME(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3),
       applied_steps_count INTEGER UNSIGNED NOT NULL DEFAULT 0
     ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  );
}

async function apply(connection: Connection, { name, sql, checksum }: Migration): Promise<void> {
  const id = randomUUID();
  await connection.query("INSERT INTO _prisma_migrations (id, checksum, migration_name) VALUES (?, ?, ?)", [
    id,
    checksum,
    name,
  ]);
  try {
    await connection.query(sql);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    await connection.query("UPDATE _prisma_migrations SET logs = ? WHERE id = ?", [message.slice(0, 10_000), id]);
    throw new MigrationRefusedError(`Migration ${name} failed: ${message}`, { cause: error });
  }
  await connection.query(
    "UPDATE _prisma_migrations SET finished_at = CURRENT_TIMESTAMP(3), applied_steps_count = 1 WHERE id = ?",
    [id],
  );
}
