import type { Migration } from "./read-migrations.ts";

/** A row of Prisma's table of applied migrations, as far as it decides anything. */
export interface AppliedMigration {
  name: string;
  checksum: string;
  isFinished: boolean;
}

/** A database that must not be migrated as it is. The message says what to do. */
export class MigrationRefusedError extends Error {
  override readonly name = "MigrationRefusedError";
}

/**
 * Which migrations are still to be applied.
 * @throws MigrationRefusedError where one failed half-way, was changed after it was applied, or is not known here
 */
export function planMigrations(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, isFinished } of applied) {
    const migration = known.get(name);
    if (!isFinished) {
      throw new MigrationRefusedError(
        `Migration ${name} began and did not finish. Repair the database, then delete or finish its row in _prisma_migrations.`,
      );
    }
    if (!migration) {
      throw new MigrationRefusedError(
        `The database has migration ${name}, which is not in prisma/migrations: it belongs to a newer version.`,
      );
    }
    if (migration.checksum !== checksum) {
      throw new MigrationRefusedError(
        `Migration ${name} was changed after it was applied. Restore the file and add a new migration instead.`,
      );
    }
  }
  const names = new Set(applied.map(({ name }) => name));
  return migrations.filter(({ name }) => !names.has(name));
}
