import { randomUUID } from "node:crypto";
import type { Connection } from "mariadb";
import type { AppliedMigration } from "./plan-migrations.ts";
import type { Migration } from "./read-migrations.ts";

// Prisma's own table, in the form that `prisma migrate` creates, reads and writes it: either may be used at any time.

/** The longest note that is kept. Characters. */
const LOG_LENGTH = 10_000;

/** A row of a migration that began and neither finished nor was rolled back. */
export interface UnfinishedRow {
  id: string;
  name: string;
  checksum: string;
  /** UTC. */
  startedAt: Date;
  /** How far it came, where our own command ran it. */
  logs: string | null;
}

/** Whether the current database has the table. */
export async function hasMigrationTable(connection: Connection): Promise<boolean> {
  return (await listTables(connection)).includes("_prisma_migrations");
}

/** Every table and view of the current database. */
export async function listTables(connection: Connection): Promise<string[]> {
  const rows = await connection.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.tables
      WHERE table_schema = DATABASE() ORDER BY table_name`,
  );
  return rows.map(({ name }) => name);
}

export async function createMigrationTable(connection: Connection): Promise<void> {
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

/** What was applied, or begun, and not rolled back. */
export async function readAppliedMigrations(connection: Connection): Promise<AppliedMigration[]> {
  const rows = await connection.query<{ name: string; checksum: string; isFinished: number }[]>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS isFinished
       FROM _prisma_migrations
      WHERE rolled_back_at IS NULL
      ORDER BY started_at, migration_name`,
  );
  return rows.map(({ name, checksum, isFinished }) => ({ name, checksum, isFinished: isFinished === 1 }));
}

/** The oldest migration that began and did not finish; undefined where there is none. */
export async function readUnfinished(connection: Connection): Promise<UnfinishedRow | undefined> {
  const [row] = await connection.query<UnfinishedRow[]>(
    `SELECT id, migration_name AS name, checksum, started_at AS startedAt, logs
       FROM _prisma_migrations
      WHERE finished_at IS NULL AND rolled_back_at IS NULL
      ORDER BY started_at, migration_name LIMIT 1`,
  );
  return row;
}

/**
 * Notes that a migration begins.
 *
 * @returns the id of its row.
 */
export async function noteStart(
  connection: Connection,
  { name, checksum }: Migration,
  progress: string,
): Promise<string> {
  const id = randomUUID();
  await connection.query(
    `INSERT INTO _prisma_migrations (id, checksum, migration_name, logs, started_at)
     VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))`,
    [id, checksum, name, progress],
  );
  return id;
}

/** Notes how far a migration came. Prisma shows it to people and does not read it. */
export async function noteProgress(connection: Connection, id: string, progress: string): Promise<void> {
  await connection.query("UPDATE _prisma_migrations SET logs = ? WHERE id = ?", [
    progress.slice(0, LOG_LENGTH),
    id,
  ]);
}

/** Notes that a migration is done. Prisma counts a migration's file as one step. */
export async function noteFinish(connection: Connection, id: string): Promise<void> {
  await connection.query(
    `UPDATE _prisma_migrations
        SET finished_at = UTC_TIMESTAMP(3), applied_steps_count = 1, logs = NULL WHERE id = ?`,
    [id],
  );
}

/** Notes that a person did what was left of a migration. How far our command came stays with it. */
export async function noteApplied(connection: Connection, id: string): Promise<void> {
  await connection.query(
    "UPDATE _prisma_migrations SET finished_at = UTC_TIMESTAMP(3), applied_steps_count = 1 WHERE id = ?",
    [id],
  );
}

/** Notes that a person undid what was done of a migration, as `prisma migrate resolve --rolled-back` does. */
export async function noteRolledBack(connection: Connection, id: string): Promise<void> {
  await connection.query("UPDATE _prisma_migrations SET rolled_back_at = UTC_TIMESTAMP(3) WHERE id = ?", [
    id,
  ]);
}
