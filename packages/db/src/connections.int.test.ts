import { connect, createServer } from "node:net";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createDatabase, Prisma } from "./client.ts";
import { isInfrastructureError } from "./errors.ts";
import { createPool, type Pool, type PoolOptions, type Queryable } from "./pool.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const pool = openPool();
  await pool.query(
    "CREATE TABLE thing (id INT AUTO_INCREMENT PRIMARY KEY, at DATETIME(3), name VARCHAR(20))",
  );
  await pool.close();
});

beforeEach(async () => {
  const pool = openPool();
  await pool.query("DELETE FROM thing");
  await pool.close();
});

afterAll(() => database.drop());

function openPool(options: Partial<PoolOptions> = {}): Pool {
  return createPool({ url: database.url, connectionLimit: 1, ...options });
}

function closedAfterwards(pool: Pool): Pool {
  onTestFinished(() => pool.close());
  return pool;
}

async function connectionId(connection: Queryable): Promise<number> {
  const [row] = await connection.query<{ id: number }[]>("SELECT CONNECTION_ID() AS id");
  return row?.id ?? 0;
}

const readOnly = "SET SESSION TRANSACTION READ ONLY";
const insert = "INSERT INTO thing (name) VALUES ('one')";

describe("a connection that meets a read-only server", () => {
  it("is closed after a statement, and the next one finds a new one", async () => {
    const pool = closedAfterwards(openPool());
    const before = await connectionId(pool);
    await pool.session((connection) => connection.query(readOnly));
    const error: unknown = await pool.query(insert).catch((cause: unknown) => cause);
    expect(isInfrastructureError(error)).toBe(true);
    await pool.query(insert);
    expect(await connectionId(pool)).not.toBe(before);
  });

  it("is closed after a transaction", async () => {
    const pool = closedAfterwards(openPool());
    // Of the next transactions of this connection, not of the one that is under way.
    await pool.transaction("READ COMMITTED", (connection) => connection.query(readOnly));
    const write = () => pool.transaction("READ COMMITTED", (connection) => connection.query(insert));
    await expect(write()).rejects.toThrow(/read.only/i);
    await write();
    expect(await pool.query("SELECT name FROM thing")).toEqual([{ name: "one" }]);
  });

  it("is closed after an INSERT of many rows", async () => {
    const pool = closedAfterwards(openPool());
    await pool.session((connection) => connection.query(readOnly));
    const many = () => pool.insertMany("INSERT INTO thing (name) VALUES (?)", [["one"], ["two"]]);
    await expect(many()).rejects.toThrow(/read.only/i);
    await many();
    expect(await pool.query("SELECT name FROM thing ORDER BY id")).toEqual([
      { name: "one" },
      { name: "two" },
    ]);
  });

  it("is closed when Prisma met it, within a transaction or outside of one", async () => {
    const db = createDatabase({ url: database.url, connectionLimit: 1 });
    onTestFinished(() => db.$disconnect());
    const spoil = () => db.$executeRaw`SET SESSION TRANSACTION READ ONLY`;
    const write = () => db.$executeRaw`INSERT INTO thing (name) VALUES ('one')`;
    await spoil();
    await expect(write()).rejects.toThrow(/read.only/i);
    await write();
    await spoil();
    const transaction = () =>
      db.$transaction((tx) => tx.$executeRaw`INSERT INTO thing (name) VALUES ('two')`);
    await expect(transaction()).rejects.toThrow(/read.only/i);
    await transaction();
    expect(await db.$queryRaw`SELECT name FROM thing ORDER BY id`).toEqual([
      { name: "one" },
      { name: "two" },
    ]);
  });

  it("takes the idle ones with it", async () => {
    const pool = closedAfterwards(openPool({ connectionLimit: 2 }));
    const idsBefore: number[] = [];
    await pool.session(async (one) => {
      idsBefore.push(await connectionId(one));
      await pool.session(async (other) => {
        idsBefore.push(await connectionId(other));
        await other.query(readOnly);
        await expect(other.query(insert)).rejects.toThrow(/read.only/i);
      });
    });
    await pool.session(async (one) => {
      expect(idsBefore).not.toContain(await connectionId(one));
      await pool.session(async (other) => expect(idsBefore).not.toContain(await connectionId(other)));
    });
  });
});

it("uses no connection longer than its greatest age", async () => {
  const connectionAgeMs = 50;
  const pool = closedAfterwards(openPool({ connectionAgeMs }));
  const bornAt = performance.now();
  const before = await connectionId(pool);
  let after = before;
  while (after === before) after = await connectionId(pool);
  // As the database's clock would: it is the same connection until about its age, never after it.
  expect(performance.now() - bornAt).toBeGreaterThan(connectionAgeMs / 2);
});

it("connects again once the server is there, after it was away", async () => {
  const server = new URL(database.url);
  const url = new URL(database.url);
  url.port = String(await freePort());
  const pool = closedAfterwards(openPool({ url: url.toString(), acquireTimeout: 300 }));
  const error: unknown = await pool.query("SELECT 1").catch((cause: unknown) => cause);
  expect(isInfrastructureError(error)).toBe(true);
  const door = createServer((client) => {
    const upstream = connect(Number(server.port), server.hostname);
    for (const socket of [client, upstream]) socket.on("error", () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  onTestFinished(() => void door.close());
  await new Promise<void>((resolve) => door.listen(Number(url.port), "127.0.0.1", resolve));
  await eventually(async () => expect(await pool.query("SELECT 1 AS one")).toEqual([{ one: 1 }]));
});

describe("times", () => {
  const at = new Date("2026-03-08T07:30:00.123Z");
  const text = "2026-03-08 07:30:00.123000";
  const readText = "SELECT DATE_FORMAT(at, '%Y-%m-%d %H:%i:%s.%f') AS text, at FROM thing";

  it("are written and read as UTC by the pool, whatever the process's zone", async () => {
    const pool = closedAfterwards(openPool());
    await pool.query("INSERT INTO thing (at) VALUES (?)", [at]);
    expect(await pool.query(readText)).toEqual([{ text, at }]);
  });

  it("are written as UTC with many rows", async () => {
    const pool = closedAfterwards(openPool());
    await pool.insertMany("INSERT INTO thing (at) VALUES (?)", [[at], [null], [at]]);
    expect(await pool.query(`${readText} ORDER BY id`)).toEqual([
      { text, at },
      { text: null, at: null },
      { text, at },
    ]);
  });

  it("are written and read as UTC by Prisma", async () => {
    const db = createDatabase({ url: database.url, connectionLimit: 1 });
    onTestFinished(() => db.$disconnect());
    await db.$executeRaw`INSERT INTO thing (at) VALUES (${at})`;
    expect(await db.$queryRaw(Prisma.raw(readText))).toEqual([{ text, at }]);
  });

  it("are UTC in every session, and so is what the server computes", async () => {
    const pool = closedAfterwards(openPool());
    const db = createDatabase({ url: database.url, connectionLimit: 1 });
    onTestFinished(() => db.$disconnect());
    const sql = "SELECT @@session.time_zone AS zone, TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(), NOW()) AS ahead";
    const rows = await Promise.all([
      pool.query<{ zone: string; ahead: number }[]>(sql),
      pool.transaction("READ COMMITTED", (one) => one.query<{ zone: string; ahead: number }[]>(sql)),
      db.$queryRaw<{ zone: string; ahead: number | bigint }[]>(Prisma.raw(sql)),
    ]);
    for (const [row] of rows) expect([row?.zone, Number(row?.ahead)]).toEqual(["+00:00", 0]);
  });
});

describe("an INSERT of many rows", () => {
  it("keeps their order", async () => {
    const pool = closedAfterwards(openPool());
    const names = Array.from({ length: 500 }, (_, index) => [index % 7 === 0 ? null : `name ${index}`]);
    await pool.insertMany("INSERT INTO thing (name) VALUES (?)", names);
    const rows = await pool.query<{ name: string | null }[]>("SELECT name FROM thing ORDER BY id");
    expect(rows.map(({ name }) => [name])).toEqual(names);
  });

  it("is one commit, however many they are", async () => {
    const pool = closedAfterwards(openPool());
    const commitsOf = (rows: string[][]) =>
      pool.session(async (connection) => {
        const commits = async () => {
          const [row] = await connection.query<{ Value: string }[]>(
            "SHOW SESSION STATUS LIKE 'Handler_commit'",
          );
          return Number(row?.Value);
        };
        const before = await commits();
        await connection.insertMany("INSERT INTO thing (name) VALUES (?)", rows);
        return (await commits()) - before;
      });
    const one = await commitsOf([["a"]]);
    expect(one).toBeGreaterThan(0);
    expect(await commitsOf(Array.from({ length: 100 }, (_, index) => [`b${index}`]))).toBe(one);
  });
});

it("is tried in the time zone that the test run asks for", () => {
  const timeZone = process.env["TZ"] ?? new Intl.DateTimeFormat().resolvedOptions().timeZone;
  const at = new Date("2026-07-01T12:00:00Z");
  expect(at.toLocaleString("en")).toBe(at.toLocaleString("en", { timeZone }));
});
