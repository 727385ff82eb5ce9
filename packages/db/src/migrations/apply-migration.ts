import type { Connection } from "mariadb";
import { isConnectionLost } from "../errors.ts";
import { noteFinish, noteProgress, noteStart } from "./migration-table.ts";
import { MigrationRefusedError } from "./plan-migrations.ts";
import { describeProgress, firstLineOf, type Progress, withoutLeadingComments } from "./progress.ts";
import type { Migration } from "./read-migrations.ts";
import { serverMessage } from "./server-message.ts";
import { splitStatements, type Statement } from "./split-statements.ts";

const HOW_TO_GO_ON = "npm run db:migrate -- --repair says how to go on.";

/** A migration that has its row, and the statements of its file. */
export interface BegunMigration {
  /** Of its row. */
  id: string;
  name: string;
  statements: readonly Statement[];
}

/**
 * Runs a migration from its start.
 *
 * @throws MigrationRefusedError where a statement fails; how far it came stays in the migration's row.
 */
export async function applyMigration(connection: Connection, migration: Migration): Promise<void> {
  const statements = statementsOf(migration);
  const progress = describeProgress({ done: 0, total: statements.length, next: "not begun" }, statements);
  const id = await noteStart(connection, migration, progress);
  await runStatements(connection, { id, name: migration.name, statements }, 0);
}

/**
 * Runs what is left of a migration and notes its end.
 *
 * @param done how many of its statements are done already
 * @throws MigrationRefusedError where a statement fails.
 */
export async function runStatements(
  connection: Connection,
  migration: BegunMigration,
  done: number,
): Promise<void> {
  for (const [index, statement] of migration.statements.entries()) {
    if (index < done) continue;
    await note(connection, migration, index, { next: "begun" });
    try {
      await runStatement(connection, migration, statement, index);
    } catch (error) {
      throw await failure(connection, migration, index, error);
    }
  }
  await noteFinish(connection, migration.id);
}

/** @throws MigrationRefusedError where the file cannot be taken apart. */
export function statementsOf({ name, sql }: Migration): Statement[] {
  try {
    return splitStatements(sql);
  } catch (error) {
    throw new MigrationRefusedError(`Migration ${name}: ${serverMessage(error)}`, { cause: error });
  }
}

/** A change of rows is committed with the note that it is done, so that it is never done twice; DDL commits by itself. */
async function runStatement(
  connection: Connection,
  migration: BegunMigration,
  { sql }: Statement,
  index: number,
): Promise<void> {
  if (!/^(?:INSERT|UPDATE|DELETE|REPLACE|WITH)\b/i.test(withoutLeadingComments(sql))) {
    await connection.query(sql);
    return;
  }
  await connection.query("START TRANSACTION");
  try {
    await connection.query(sql);
    await note(connection, migration, index + 1, { next: "not begun" });
    await connection.query("COMMIT");
  } catch (error) {
    if (!isConnectionLost(error)) await connection.query("ROLLBACK");
    throw error;
  }
}

async function failure(
  connection: Connection,
  migration: BegunMigration,
  index: number,
  error: unknown,
): Promise<MigrationRefusedError> {
  const { name, statements } = migration;
  const statement = statements[index];
  const message = serverMessage(error);
  // Without a connection what was noted last holds: it was begun, and whether it was done nobody knows.
  const isLost = isConnectionLost(error);
  if (!isLost) await note(connection, migration, index, { next: "failed", message }).catch(() => {});
  const what = isLost ? "lost its connection" : "failed";
  const where = `statement ${index + 1} of ${statements.length}, line ${statement?.line}`;
  const sql = statement === undefined ? "" : firstLineOf(statement);
  return new MigrationRefusedError(
    `Migration ${name} ${what} at ${where} (${sql}): ${message.replace(/\.$/, "")}. ${HOW_TO_GO_ON}`,
    { cause: error },
  );
}

async function note(
  connection: Connection,
  { id, statements }: BegunMigration,
  done: number,
  next: { next: "begun" | "not begun" } | { next: "failed"; message: string },
): Promise<void> {
  const progress: Progress = { done, total: statements.length, ...next };
  await noteProgress(connection, id, describeProgress(progress, statements));
}
