import { type Connection, createConnection } from "mariadb";
import { driverConfig } from "../driver-config.ts";
import {
  createMigrationTable,
  hasMigrationTable,
  listTables,
  noteFailure,
  noteFinish,
  noteStart,
  readAppliedMigrations,
} from "./migration-table.ts";
import { type MigrationPlan, MigrationRefusedError, planMigrations } from "./plan-migrations.ts";
import { type Migration, migrationsFolder, readMigrations } from "./read-migrations.ts";
import { splitStatements, type Statement } from "./split-statements.ts";

/** The lock that `prisma migrate` takes too. It is the server's: two databases of one server take turns. */
const LOCK_NAME = "prisma_migrate";
const LOCK_WAIT_SECONDS = 60;

const CONNECT_TIMEOUT_MS = 5_000;

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
 * migrates, the others wait for it. MySQL cannot undo what a migration that fails half-way has done by then: its row
 * stays unfinished, and every further run refuses until a person has repaired it.
 *
 * @throws MigrationRefusedError where the database is not one to be migrated, or where a migration fails.
 */
export async function migrate(options: MigrateOptions): Promise<MigrateResult> {
  const migrations = readMigrations(options.folder ?? migrationsFolder);
  const connection = await connect(options.url);
  try {
    await lock(connection);
    await prepare(connection);
    const { pending, newer } = planMigrations(migrations, await readAppliedMigrations(connection));
    for (const migration of pending) {
      options.onApply?.(migration.name);
      await apply(connection, migration);
    }
    return { applied: pending.map(({ name }) => name), newer };
  } finally {
    // The lock ends with the connection.
    await connection.end();
  }
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
  const connection = await connect(url);
  try {
    const hasTable = await hasMigrationTable(connection);
    if (!hasTable) await refuseForeignSchema(connection);
    const applied = hasTable ? await readAppliedMigrations(connection) : [];
    const { pending, newer }: MigrationPlan = planMigrations(readMigrations(folder), applied);
    return { applied: applied.map(({ name }) => name), pending: pending.map(({ name }) => name), newer };
  } finally {
    await connection.end();
  }
}

async function connect(url: string): Promise<Connection> {
  // MariaDB gives INT where MySQL gives BIGINT, which the driver makes a bigint unless told otherwise.
  return createConnection({ ...driverConfig(url), connectTimeout: CONNECT_TIMEOUT_MS, bigIntAsNumber: true });
}

async function lock(connection: Connection): Promise<void> {
  const [row] = await connection.query<{ taken: number | null }[]>("SELECT GET_LOCK(?, ?) AS taken", [
    LOCK_NAME,
    LOCK_WAIT_SECONDS,
  ]);
  if (row?.taken !== 1) {
    throw new MigrationRefusedError(
      `Another process has been migrating on this server for over ${LOCK_WAIT_SECONDS} s. Try again later.`,
    );
  }
}

async function prepare(connection: Connection): Promise<void> {
  if (await hasMigrationTable(connection)) return;
  await refuseForeignSchema(connection);
  await createMigrationTable(connection);
}

async function refuseForeignSchema(connection: Connection): Promise<void> {
  const tables = await listTables(connection);
  if (tables.length === 0) return;
  const names = `${tables.slice(0, 3).join(", ")}${tables.length > 3 ? ", …" : ""}`;
  throw new MigrationRefusedError(
    `The database is not empty (${names}) and was not made by these migrations. Give Tocsin a database of its own.`,
  );
}

async function apply(connection: Connection, migration: Migration): Promise<void> {
  const statements = statementsOf(migration);
  const id = await noteStart(connection, migration);
  for (const { sql, line } of statements) {
    try {
      await connection.query(sql);
    } catch (error) {
      const message = `Migration ${migration.name} failed at line ${line}: ${messageOf(error)}`;
      await noteFailure(connection, id, message);
      throw new MigrationRefusedError(message, { cause: error });
    }
  }
  await noteFinish(connection, id);
}

function statementsOf({ name, sql }: Migration): Statement[] {
  try {
    return splitStatements(sql);
  } catch (error) {
    throw new MigrationRefusedError(`Migration ${name}: ${messageOf(error)}`, { cause: error });
  }
}

function messageOf(error: unknown): string {
  if (typeof error === "object" && error !== null && "sqlMessage" in error) return String(error.sqlMessage);
  return error instanceof Error ? error.message : String(error);
}
