import type { Connection } from "mariadb";
import { runStatements, statementsOf } from "./apply-migration.ts";
import { withMigrationLock } from "./migration-session.ts";
import {
  hasMigrationTable,
  noteApplied,
  noteRolledBack,
  readUnfinished,
  type UnfinishedRow,
} from "./migration-table.ts";
import { MigrationRefusedError } from "./plan-migrations.ts";
import { parseProgress, type Progress } from "./progress.ts";
import { migrationsFolder, readMigrations } from "./read-migrations.ts";
import type { Statement } from "./split-statements.ts";

/** A migration that began, did not finish, and is not being applied. */
export interface StoppedMigration {
  name: string;
  /** UTC. */
  startedAt: Date;
  /** Whether its migration.sql is what it was when the migration began. */
  file: "unchanged" | "changed" | "missing";
  /** Of the file; empty where it is not what it was. */
  statements: readonly Statement[];
  /** undefined where nothing tells how far it came. */
  progress: Progress | undefined;
  /** What was noted with it, as it stands in the database. */
  logs: string | null;
}

export interface RepairOptions {
  /** mysql://user:password@host:port/database */
  url: string;
  /** As for migrating. */
  folder?: string;
}

/**
 * The migration that stopped half-way. Changes nothing.
 *
 * @returns undefined where there is none.
 * @throws MigrationRefusedError while another process migrates.
 */
export async function findStoppedMigration(options: RepairOptions): Promise<StoppedMigration | undefined> {
  return repair(options, async () => {});
}

/**
 * Runs what is left of the migration that stopped half-way, after a person mended what it failed of.
 *
 * @param from number of the first statement to run, from 1; the first that is not known to be done unless told
 * otherwise. None that is known to be done is run again.
 * @returns the migration as it was before, undefined where there was none.
 * @throws MigrationRefusedError where its file is not what it was, or where a statement fails.
 */
export async function continueMigration(
  options: RepairOptions & { from?: number | undefined },
): Promise<StoppedMigration | undefined> {
  return repair(options, async (connection, id, stopped) => {
    refuseOtherFile(stopped);
    const { name, statements } = stopped;
    await runStatements(connection, { id, name, statements }, firstToRun(stopped, options.from) - 1);
  });
}

/**
 * Notes that a person undid what the stopped migration had done: it is run from its start the next time.
 *
 * @returns as {@link continueMigration}
 * @throws MigrationRefusedError while another process migrates.
 */
export async function markRolledBack(options: RepairOptions): Promise<StoppedMigration | undefined> {
  return repair(options, (connection, id) => noteRolledBack(connection, id));
}

/**
 * Notes that a person did what was left of the stopped migration: it counts as applied.
 *
 * @returns as {@link continueMigration}
 * @throws MigrationRefusedError where its file is not what it was.
 */
export async function markApplied(options: RepairOptions): Promise<StoppedMigration | undefined> {
  return repair(options, async (connection, id, stopped) => {
    refuseOtherFile(stopped);
    await noteApplied(connection, id);
  });
}

async function repair(
  { url, folder = migrationsFolder }: RepairOptions,
  work: (connection: Connection, id: string, stopped: StoppedMigration) => Promise<void>,
): Promise<StoppedMigration | undefined> {
  return withMigrationLock(url, async (connection) => {
    const row = (await hasMigrationTable(connection)) ? await readUnfinished(connection) : undefined;
    if (row === undefined) return undefined;
    const stopped = toStopped(row, folder);
    await work(connection, row.id, stopped);
    return stopped;
  });
}

function toStopped({ name, checksum, startedAt, logs }: UnfinishedRow, folder: string): StoppedMigration {
  const migration = readMigrations(folder).find((known) => known.name === name);
  const row = { name, startedAt, logs };
  if (migration?.checksum !== checksum) {
    const file = migration === undefined ? "missing" : "changed";
    return { ...row, file, statements: [], progress: undefined };
  }
  const statements = statementsOf(migration);
  return { ...row, file: "unchanged", statements, progress: parseProgress(logs, statements) };
}

function refuseOtherFile({ name, file }: StoppedMigration): void {
  if (file === "unchanged") return;
  throw new MigrationRefusedError(
    file === "changed"
      ? `Migration ${name} was changed after it began. Restore its migration.sql to go on with it; or undo by hand ` +
          "what it has done, and run npm run db:migrate -- --repair --rolled-back."
      : `Migration ${name} is not in prisma/migrations. Repair it with the version of the program that began it.`,
  );
}

function firstToRun({ name, statements, progress }: StoppedMigration, from: number | undefined): number {
  const total = statements.length;
  if (progress === undefined && from === undefined) {
    throw new MigrationRefusedError(
      `Nothing tells how far migration ${name} came. Look which of its ${total} statements are done, ` +
        "and name the first that is not: npm run db:migrate -- --repair --continue --from <number>.",
    );
  }
  const first = (progress?.done ?? 0) + 1;
  const wanted = from ?? first;
  if (wanted >= first && (wanted <= total || wanted === first)) return wanted;
  throw new MigrationRefusedError(
    first > total
      ? `All ${total} statements of migration ${name} are done: leave out --from.`
      : `--from must be a number from ${first} to ${total}: migration ${name} has ${total} statements, ` +
          `${first - 1} of them are done.`,
  );
}
