import { createAdapter, type Database } from "../client.ts";
import { PrismaClient } from "../generated/client.ts";
import type { Pool, Queryable } from "../pool.ts";

/** A statement as it was sent, with its values. */
export interface RecordedStatement {
  sql: string;
  values: readonly unknown[];
}

/** The same pool; what is asked of it is written down in `statements`. Rows of `insertMany` are not. */
export function recordPool(pool: Pool, statements: RecordedStatement[]): Pool {
  function record<Connection extends Queryable>(connection: Connection): Connection {
    return {
      ...connection,
      query: (sql, values = []) => {
        statements.push({ sql, values });
        return connection.query(sql, values);
      },
    };
  }
  return {
    ...record(pool),
    transaction: (isolation, work) => pool.transaction(isolation, (connection) => work(record(connection))),
    session: (work) => pool.session((connection) => work(record(connection))),
  };
}

/** The database through Prisma; what Prisma asks of it is written down in `statements`. */
export function openRecordedDatabase(url: string, statements: RecordedStatement[]): Database {
  const client = new PrismaClient({
    adapter: createAdapter({ url, connectionLimit: 4 }),
    log: [{ emit: "event", level: "query" }],
  });
  client.$on("query", ({ query, params }) => {
    const texts = JSON.parse(params) as (string | null)[];
    statements.push({ sql: query, values: texts.map((text, place) => valueOf(text, query, place)) });
  });
  return client;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const HASH_IN_BASE64 = /^[A-Za-z0-9+/]{43}=$/;

/** Prisma tells all values as texts: instants, hashes and numbers of rows are made what they were. */
function valueOf(text: string | null, sql: string, place: number): unknown {
  if (text === null) return null;
  if (INSTANT.test(text)) return new Date(text);
  if (HASH_IN_BASE64.test(text)) return Buffer.from(text, "base64");
  const before = sql.split("?")[place] ?? "";
  return /\b(?:LIMIT|OFFSET) $/.test(before) ? Number(text) : text;
}
