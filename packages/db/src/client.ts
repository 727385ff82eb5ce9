import { PrismaMariaDb } from "@prisma/adapter-mariadb";
import { PrismaClient } from "./generated/client.ts";
import { driverConfig, type PoolOptions } from "./pool.ts";

export { Prisma } from "./generated/client.ts";
export type { Notification, NotificationRecipient } from "./generated/client.ts";

/** The database through Prisma. */
export type Database = PrismaClient;

/** The database within a transaction. */
export type Transaction = Omit<
  PrismaClient,
  "$connect" | "$disconnect" | "$on" | "$use" | "$extends" | "$transaction"
>;

/** Opens the database; connects at the first query. */
export function createDatabase(options: PoolOptions): Database {
  return new PrismaClient({ adapter: new PrismaMariaDb(driverConfig(options)) });
}
