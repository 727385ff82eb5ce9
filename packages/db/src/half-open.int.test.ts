import { type SwallowingProxy, startSwallowingProxy } from "@tocsin/sandbox/testing/swallowing-proxy";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { createDatabase } from "./client.ts";
import { isInfrastructureError } from "./errors.ts";
import { createPool, type Pool } from "./pool.ts";

let database: TestDatabase;
let proxy: SwallowingProxy;
let direct: Pool;
let proxied: string;

beforeAll(async () => {
  database = await createTestDatabase();
  direct = createPool({ url: database.url });
  await direct.query("CREATE TABLE thing (id INT PRIMARY KEY, name VARCHAR(20))");
});

beforeEach(async () => {
  await direct.query("DELETE FROM thing");
  await direct.query("INSERT INTO thing VALUES (1, 'one')");
  const url = new URL(database.url);
  proxy = await startSwallowingProxy(Number(url.port));
  [url.hostname, url.port] = ["127.0.0.1", String(proxy.port)];
  proxied = url.toString();
  onTestFinished(() => proxy.close());
});

afterAll(async () => {
  await direct.close();
  await database.drop();
});

function openPool(): Pool {
  const pool = createPool({ url: proxied, statementTimeoutMs: 300 });
  onTestFinished(() => pool.close());
  return pool;
}

const failureOf = (work: Promise<unknown>): Promise<unknown> => work.catch((cause: unknown) => cause);

describe("a connection that takes statements and gives no answer", () => {
  it("fails its statement, and the next one has a connection that answers", async () => {
    const pool = openPool();
    const error = failureOf(
      pool.session(async (connection) => {
        await connection.query("SELECT 1");
        proxy.swallow();
        return connection.query("SELECT 2");
      }),
    );
    expect(isInfrastructureError(await error)).toBe(true);
    expect(await pool.query("SELECT 3 AS three")).toEqual([{ three: 3 }]);
  });

  it("fails every statement that was sent behind it", async () => {
    const pool = openPool();
    const errors = await pool.session(async (connection) => {
      await connection.query("SELECT 1");
      proxy.swallow();
      return Promise.all([2, 3, 4].map((number) => failureOf(connection.query(`SELECT ${number}`))));
    });
    expect(errors.map(isInfrastructureError)).toEqual([true, true, true]);
  });

  it("leaves no lock behind: others change the row", async () => {
    const pool = openPool();
    const error = await failureOf(
      pool.transaction("READ COMMITTED", async (connection) => {
        await connection.query("UPDATE thing SET name = 'two' WHERE id = 1");
        proxy.swallow();
        await connection.query("SELECT 1");
      }),
    );
    expect(isInfrastructureError(error)).toBe(true);
    await direct.query("UPDATE thing SET name = 'three' WHERE id = 1");
    expect(await direct.query("SELECT name FROM thing")).toEqual([{ name: "three" }]);
  });

  it("fails a query of Prisma, too", async () => {
    const prisma = createDatabase({ url: proxied, statementTimeoutMs: 300 });
    onTestFinished(() => prisma.$disconnect());
    await prisma.$queryRaw`SELECT 1`;
    const error = failureOf(
      prisma.$transaction(async (tx) => {
        await tx.$queryRaw`SELECT 1`;
        proxy.swallow();
        await tx.$queryRaw`SELECT 2`;
      }),
    );
    expect(isInfrastructureError(await error)).toBe(true);
    expect(await prisma.$queryRaw`SELECT 'three' AS three`).toMatchObject([{ three: "three" }]);
  });
});
