import { openConnection } from "@tocsin/sandbox/engines/open-connection";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { migrate } from "../migrations/migrate.ts";
import { copySchema } from "./copy-schema.ts";

/** The name of the database whose schema is copied; set for the length of a test run. */
const TEMPLATE = "TOCSIN_TEST_TEMPLATE";

/**
 * Migrates a database that those of all test files are copied from until it is dropped.
 *
 * @throws Error when the tests run without the engines, or a migration fails
 */
export async function createTemplateDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({ migrate: async (url) => void (await migrate({ url })) });
  process.env[TEMPLATE] = database.name;
  return database;
}

/**
 * Creates a database with the current schema for one test file: copied from the template of the test run, migrated where
 * there is none.
 *
 * @throws Error when the tests run without the engines, or a migration fails
 */
export async function createMigratedDatabase(): Promise<TestDatabase> {
  const template = process.env[TEMPLATE];
  if (template === undefined) {
    return createTestDatabase({ migrate: async (url) => void (await migrate({ url })) });
  }
  return createTestDatabase({ migrate: (url) => copyTo(url, template) });
}

async function copyTo(url: string, template: string): Promise<void> {
  const connection = await openConnection(url);
  try {
    await copySchema(connection, template, new URL(url).pathname.slice(1));
  } finally {
    await connection.end();
  }
}
