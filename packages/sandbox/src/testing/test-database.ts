import { randomBytes } from "node:crypto";
import type { Connection } from "mariadb";
import { openConnection } from "../engines/open-connection.ts";
import { testEngineUrl } from "./test-engines.ts";

export interface CreateTestDatabaseOptions {
  /** Brings an empty database to the current schema; without it the database stays empty. */
  migrate?: (url: string) => Promise<void>;
}

export interface TestDatabase {
  /** mysql://user:password@host:port/name */
  url: string;
  name: string;
  /** Removes the database; close your own connections first. */
  drop(): Promise<void>;
}

/**
 * Creates a database of its own for one test file on the throw-away server.
 *
 * @throws Error when the tests run without the engines, or whatever `migrate` throws.
 */
export async function createTestDatabase(options: CreateTestDatabaseOptions = {}): Promise<TestDatabase> {
  const server = testEngineUrl("TOCSIN_TEST_MYSQL");
  const name = `tocsin_${randomBytes(6).toString("hex")}_test`;
  await onServer(server, (connection) =>
    connection.query(`CREATE DATABASE \`${name}\` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`),
  );
  const drop = () =>
    onServer(server, (connection) => connection.query(`DROP DATABASE IF EXISTS \`${name}\``));
  const url = databaseUrl(server, name);
  try {
    await options.migrate?.(url);
  } catch (error) {
    await drop();
    throw error;
  }
  return { url, name, drop };
}

/** The same server and account, another database. */
export function databaseUrl(server: string, name: string): string {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.toString();
}

async function onServer(url: string, task: (connection: Connection) => Promise<unknown>): Promise<void> {
  const connection = await openConnection(url);
  try {
    await task(connection);
  } finally {
    await connection.end();
  }
}
