import { createConnection } from "mariadb";
import { Redis } from "ioredis";

/** Sends a statement; a SELECT gives its rows, with a bigint for each BIGINT. */
export type SendSql = <Result = unknown>(sql: string) => Promise<Result>;

/**
 * Sends statements to a database server of the test's own, as its administrator; they come one after the other.
 *
 * @throws the driver's SqlError
 */
export async function administrateDatabase(
  account: { socketPath: string; password: string },
  work: (send: SendSql) => Promise<void>,
): Promise<void> {
  const connection = await createConnection({ ...account, user: "root" });
  try {
    await work((sql) => connection.query(sql));
  } finally {
    await connection.end();
  }
}

/** Sends commands to a Redis of the test's own, over a connection of their own. */
export async function administrateRedis(
  url: string,
  work: (send: (...command: [string, ...string[]]) => Promise<void>) => Promise<void>,
): Promise<void> {
  const redis = new Redis(url);
  try {
    await work(async (name, ...parameters) => void (await redis.call(name, ...parameters)));
  } finally {
    redis.disconnect();
  }
}
