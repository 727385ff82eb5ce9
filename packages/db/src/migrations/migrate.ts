import type { Connection } from "mariadb";
import { checkServer } from "../check-server.ts";
import { driverConfig } from "../driver-config.ts";
import { MIGRATION_RIGHTS } from "../missing-rights.ts";
import { applyMigration, statementsOf } from "./apply-migration.ts";
import { withConnection, withMigrationLock } from "./migration-session.ts";
import {
  createMigrationTable,
  hasMigrationTable,
  listTables,
  readAppliedMigrations,
} from "./migration-table.ts";
import { type MigrationPlan, MigrationRefusedError, planMigrations } from "./plan-migrations.ts";
import { type Migration, migrationsFolder, readMigrations } from "./read-migrations.ts";

export interface MigrateOptions {
  /** mysql://user:password@host:port/database */
  url: string;
  /** Holds `<timestamp>_<name>/migration.sql`; this repository's own unless told otherwise. */
  folder?: string;
  /** Called with the name of each migration before it is applied. */
  onApply?: (name: string) => void;
}

export interface MigrateResult {
  /** Applied just now, oldest first. */
  applied: string[];
  /** Applied by a newer version of the program, and not known here. */
  newer: string[];
}

export interface MigrationStatus {
  applied: string[];
  pending: string[];
  newer: string[];
}

/**
 * Brings a database up to date, as `prisma migrate deploy` does, and takes its lock and keeps its table. One process
 * migrates, the others wait for it. Before the first change it is checked that the server and the account are fit for
 * it. MySQL cannot undo what a migration that fails half-way has done by then: its row stays unfinished with how far it
 * came, and every further run refuses until a person has repaired it.
 *
 * @throws MigrationRefusedError where the database is not one to be migrated, or where a migration fails.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const migrations = readMigrations(options.folder ?? migrationsFolder);
  return withMigrationLock(options.url, async (connection) => {
    const hasTable = await hasMigrationTable(connection);
    const { pending, newer } = await readPlan(connection, migrations, hasTable);
    if (!hasTable || pending.length > 0) await refuseUnfit(connection, options.url);
    for (const migration of pending) statementsOf(migration);
    if (!hasTable) await createMigrationTable(connection);
    for (const migration of pending) {
      options.onApply?.(migration.name);
      await applyMigration(connection, migration);
    }
    return { applied: pending.map(({ name }) => name), newer };
  });
}

/**
 * What is applied and what is not, oldest first. Changes nothing.
 *
 * @throws MigrationRefusedError where the database is not one to be migrated.
 */
export async function migrationStatus({
  url,
  folder = migrationsFolder,
}: Omit<MigrateOptions, "onApply">): Promise<MigrationStatus> {
  return withConnection(url, async (connection) => {
    const hasTable = await hasMigrationTable(connection);
    const { applied, pending, newer } = await readPlan(connection, readMigrations(folder), hasTable);
    return { applied, pending: pending.map(({ name }) => name), newer };
  });
}

async function readPlan(
  connection: Connection,
  migrations: readonly Migration[],
  hasTable: boolean,
): Promise<MigrationPlan & { applied: string[] }> {
  if (!hasTable) await refuseForeignSchema(connection);
  const applied = hasTable ? await readAppliedMigrations(connection) : [];
  return { ...planMigrations(migrations, applied), applied: applied.map(({ name }) => name) };
}

async function refuseForeignSchema(connection: Connection): Promise<void> {
  const tables = await listTables(connection);
  if (tables.length === 0) return;
  const names = `${tables.slice(0, 3).join(", ")}${tables.length > 3 ? ", …" : ""}`;
  throw new MigrationRefusedError(
    `The database is not empty (${names}) and was not made by these migrations. Give Tocsin a database of its own.`,
  );
}

async function refuseUnfit(connection: Connection, url: string): Promise<void> {
  const { database } = driverConfig(url);
  const { problems } = await checkServer(connection, { database, rights: MIGRATION_RIGHTS });
  if (problems.length === 0) return;
  throw new MigrationRefusedError(problems.map(({ message }) => message).join(" "));
}
