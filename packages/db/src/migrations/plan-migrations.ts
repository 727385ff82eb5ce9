import type { Migration } from "./read-migrations.ts";

/** A row of Prisma's table of applied migrations that was not rolled back. */
export interface AppliedMigration {
  name: string;
  checksum: string;
  isFinished: boolean;
}

/** A database that must not be migrated as it is. The message says why and what to do. */
export class MigrationRefusedError extends Error {
  override readonly name = "MigrationRefusedError";
}

export interface MigrationPlan {
  /** To be applied, oldest first. */
  pending: Migration[];
  /** Applied by a newer version of the program, and not known here. */
  newer: string[];
}

/**
 * Which migrations are still to be applied.
 *
 * @throws MigrationRefusedError where one stopped half-way or was changed after it was applied, or where the database
 * has one that is not known here and does not come after all that are.
 */
export function planMigrations(
  migrations: readonly Migration[],
  applied: readonly AppliedMigration[],
): MigrationPlan {
  const known = new Map(migrations.map((migration) => [migration.name, migration]));
  for (const { name, checksum, isFinished } of applied) {
    if (!isFinished) refuseUnfinished(name);
    const migration = known.get(name);
    if (migration !== undefined && migration.checksum !== checksum) refuseChanged(name);
  }
  const appliedNames = new Set(applied.map(({ name }) => name));
  const pending = migrations.filter(({ name }) => !appliedNames.has(name));
  const newer = [...appliedNames].filter((name) => !known.has(name)).toSorted();
  const last = migrations.at(-1)?.name ?? "";
  const stranger = newer.find((name) => name < last || pending.length > 0);
  if (stranger !== undefined) refuseStranger(stranger);
  return { pending, newer };
}

function refuseUnfinished(name: string): never {
  throw new MigrationRefusedError(
    `Migration ${name} began and did not finish. ` +
      "npm run db:migrate -- --repair says where it stopped and how to go on.",
  );
}

function refuseChanged(name: string): never {
  throw new MigrationRefusedError(
    `Migration ${name} was changed after it was applied to this database. ` +
      "Restore its migration.sql and put the change into a new migration.",
  );
}

function refuseStranger(name: string): never {
  throw new MigrationRefusedError(
    `The database has migration ${name}, which is not in prisma/migrations. ` +
      "It was migrated from another line of development: merge that one first.",
  );
}
