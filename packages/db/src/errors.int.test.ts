import { eventually } from "@tocsin/sandbox/testing/eventually";
import { databaseUrl, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { testEngineUrl } from "@tocsin/sandbox/testing/test-engines";
import { createConnection } from "mariadb";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createDatabase, type Database } from "./client.ts";
import { driverConfig } from "./driver-config.ts";
import {
  isConnectionLost,
  isDataError,
  isForeignKeyViolation,
  isInfrastructureError,
  isTransient,
  isUniqueViolation,
} from "./errors.ts";
import { newId } from "./ids.ts";
import { createMigratedDatabase } from "./testing/migrated-database.ts";
import { createPool, type Pool, type Queryable } from "./pool.ts";

let database: TestDatabase;
let pool: Pool;
let db: Database;

beforeAll(async () => {
  database = await createMigratedDatabase();
  pool = createPool({ url: database.url, connectionLimit: 4 });
  db = createDatabase({ url: database.url, connectionLimit: 4 });
  await pool.query(
    `CREATE TABLE parent (id INT PRIMARY KEY, changes INT NOT NULL DEFAULT 0) ENGINE = InnoDB`,
  );
  await pool.query(
    `CREATE TABLE child (
       id INT PRIMARY KEY, parentId INT, short VARCHAR(3), small TINYINT, at DATETIME(3), data JSON, long_text LONGTEXT,
       CONSTRAINT child_parent FOREIGN KEY (parentId) REFERENCES parent (id)
     ) ENGINE = InnoDB DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  );
});

beforeEach(async () => {
  await pool.query("DELETE FROM child");
  await pool.query("DELETE FROM parent");
  await pool.query("INSERT INTO parent (id) VALUES (1), (2)");
});

afterAll(async () => {
  await db.$disconnect();
  await pool.close();
  await database.drop();
});

/** What an error is taken for. */
function kindsOf(error: unknown): string[] {
  const kinds = {
    ...{ isTransient, isInfrastructureError, isConnectionLost },
    ...{ isDataError, isUniqueViolation, isForeignKeyViolation },
  };
  return Object.entries(kinds).flatMap(([name, is]) => (is(error) ? [name] : []));
}

/** What `work` throws. */
async function errorOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    await work();
  } catch (error) {
    return error;
  }
  throw new Error("It did not fail");
}

/** Runs `work` with a pool of its own, whose connections nobody uses after it. */
async function withOwnPool<Result>(work: (own: Pool) => Promise<Result>): Promise<Result> {
  const own = createPool({ url: database.url, connectionLimit: 2 });
  try {
    return await work(own);
  } finally {
    await own.close();
  }
}

async function connectionId(connection: Queryable): Promise<number> {
  const [row] = await connection.query<{ id: number }[]>("SELECT CONNECTION_ID() AS id");
  return row?.id ?? 0;
}

/** Both wait until the other has its first row. */
function meeting(): () => Promise<void> {
  let here = 0;
  let release = () => {};
  const both = new Promise<void>((resolve) => (release = resolve));
  return async () => {
    here += 1;
    if (here === 2) release();
    await both;
  };
}

describe("a deadlock", () => {
  it("is one that a whole transaction may be run again after", async () => {
    const meet = meeting();
    const inOrder = async (first: number, second: number) =>
      pool.transaction("READ COMMITTED", async (connection) => {
        await connection.query("UPDATE parent SET changes = changes + 1 WHERE id = ?", [first]);
        await meet();
        await connection.query("UPDATE parent SET changes = changes + 1 WHERE id = ?", [second]);
      });
    const results = await Promise.allSettled([inOrder(1, 2), inOrder(2, 1)]);
    const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(errors.map(kindsOf)).toEqual([["isTransient", "isInfrastructureError"]]);
  });

  it("is the same through Prisma", async () => {
    const meet = meeting();
    const inOrder = async (first: number, second: number) =>
      db.$transaction(async (tx) => {
        await tx.$executeRaw`UPDATE parent SET changes = changes + 1 WHERE id = ${first}`;
        await meet();
        await tx.$executeRaw`UPDATE parent SET changes = changes + 1 WHERE id = ${second}`;
      });
    const results = await Promise.allSettled([inOrder(1, 2), inOrder(2, 1)]);
    const errors = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(errors.map(kindsOf)).toEqual([["isTransient", "isInfrastructureError"]]);
  });
});

describe("a lock that is not given in time", () => {
  it("is one that a whole transaction may be run again after", async () => {
    const error = await withOwnPool((own) =>
      pool.transaction("READ COMMITTED", async (holder) => {
        await holder.query("SELECT id FROM parent WHERE id = 1 FOR UPDATE");
        return errorOf(() =>
          own.session(async (waiting) => {
            await waiting.query("SET SESSION innodb_lock_wait_timeout = 1");
            await waiting.query("UPDATE parent SET changes = 1 WHERE id = 1");
          }),
        );
      }),
    );
    expect(kindsOf(error)).toEqual(["isTransient", "isInfrastructureError"]);
  });

  it("is the same where the statement will not wait at all", async () => {
    const error = await pool.transaction("READ COMMITTED", async (holder) => {
      await holder.query("SELECT id FROM parent WHERE id = 1 FOR UPDATE");
      return errorOf(() => pool.query("SELECT id FROM parent WHERE id = 1 FOR UPDATE NOWAIT"));
    });
    expect(kindsOf(error)).toEqual(["isTransient", "isInfrastructureError"]);
  });
});

describe("the server's own trouble", () => {
  it("a session that may only read is nothing that the data could help", async () => {
    const error = await withOwnPool((own) =>
      errorOf(() =>
        own.session(async (connection) => {
          await connection.query("SET SESSION TRANSACTION READ ONLY");
          await connection.query("INSERT INTO parent (id) VALUES (3)");
        }),
      ),
    );
    expect(kindsOf(error)).toEqual(["isInfrastructureError"]);
  });

  it("a connection that is ended under a statement is lost", async () => {
    const error = await withOwnPool((own) =>
      errorOf(() =>
        own.session(async (connection) => {
          const id = await connectionId(connection);
          const waiting = connection.query("SELECT SLEEP(20)");
          await Promise.all([waiting, pool.query(`KILL ${id}`)]);
        }),
      ),
    );
    expect(kindsOf(error)).toEqual(expect.arrayContaining(["isInfrastructureError", "isConnectionLost"]));
    expect(isDataError(error)).toBe(false);
  });

  it("a connection that was ended while nobody used it is lost", async () => {
    const error = await withOwnPool((own) =>
      errorOf(() =>
        own.session(async (connection) => {
          await pool.query(`KILL ${await connectionId(connection)}`);
          await connection.query("SELECT 1");
        }),
      ),
    );
    expect(kindsOf(error)).toEqual(expect.arrayContaining(["isInfrastructureError", "isConnectionLost"]));
  });

  it("a statement that an administrator ended may be asked again, and the connection is still there", async () => {
    const error = await withOwnPool((own) =>
      pool.transaction("READ COMMITTED", async (holder) => {
        await holder.query("SELECT id FROM parent WHERE id = 1 FOR UPDATE");
        return own.session(async (connection) => {
          const id = await connectionId(connection);
          let isOver = false;
          const ending = errorOf(() =>
            connection.query("SELECT id FROM parent WHERE id = 1 FOR UPDATE"),
          ).finally(() => (isOver = true));
          // Who comes before the statement has begun ends nothing.
          await eventually(async () => {
            await pool.query(`KILL QUERY ${id}`);
            expect(isOver).toBe(true);
          });
          const ended = await ending;
          expect(await connection.query("SELECT 1 AS one")).toEqual([{ one: 1 }]);
          return ended;
        });
      }),
    );
    expect(kindsOf(error)).toEqual(["isInfrastructureError"]);
  });

  it("a statement that took too long for the server may be asked again", async () => {
    const error = await withOwnPool((own) =>
      errorOf(() =>
        own.session(async (connection) => {
          await connection.query(await timeLimit(connection));
          await connection.query(
            "SELECT COUNT(*) FROM information_schema.COLUMNS a, information_schema.COLUMNS b, information_schema.COLUMNS c",
          );
        }),
      ),
    );
    expect(kindsOf(error)).toEqual(["isInfrastructureError"]);
  });

  it("an account that has as many connections as it may", async () => {
    const user = `limited_${newId().slice(-12)}`;
    const password = newId();
    await pool.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${password}' WITH MAX_USER_CONNECTIONS 1`);
    await pool.query(`GRANT ALL ON \`${database.name}\`.* TO '${user}'@'%'`);
    const url = new URL(database.url);
    [url.username, url.password] = [user, password];
    url.searchParams.set("allowPublicKeyRetrieval", "true");
    const holder = await createConnection({ ...driverConfig(url.toString()) });
    const own = createPool({ url: url.toString(), connectionLimit: 1, acquireTimeout: 500 });
    try {
      expect(kindsOf(await errorOf(() => own.query("SELECT 1")))).toEqual(["isInfrastructureError"]);
    } finally {
      await Promise.all([holder.end(), own.close()]);
      await pool.query(`DROP USER '${user}'@'%'`);
    }
  });

  it.each([
    ["a table that is not there yet", "SELECT * FROM not_yet"],
    ["a column that is not there yet", "SELECT notYet FROM parent"],
  ])("%s may come with the next migration", async (_, sql) => {
    expect(kindsOf(await errorOf(() => pool.query(sql)))).toEqual(["isInfrastructureError"]);
  });

  it("a database that is not there", async () => {
    const other = createPool({
      url: databaseUrl(testEngineUrl("TOCSIN_TEST_MYSQL"), "tocsin_nowhere_test"),
      connectionLimit: 1,
      acquireTimeout: 500,
    });
    try {
      expect(kindsOf(await errorOf(() => other.query("SELECT 1")))).toEqual(["isInfrastructureError"]);
    } finally {
      await other.close();
    }
  });
});

describe("data that does not fit", () => {
  it.each([
    ["a text that is too long", "INSERT INTO child (id, short) VALUES (1, ?)", ["four"]],
    ["a number out of range", "INSERT INTO child (id, small) VALUES (1, ?)", [1000]],
    ["a text for a number", "INSERT INTO child (id, small) VALUES (1, ?)", ["many"]],
    ["an instant that is none", "INSERT INTO child (id, at) VALUES (1, ?)", ["2026-02-31 00:00:00"]],
    ["null where none may be", "INSERT INTO parent (id, changes) VALUES (3, ?)", [null]],
    ["what is no JSON", "INSERT INTO child (id, data) VALUES (1, ?)", ["{"]],
    ["bytes that are no text", "INSERT INTO child (id, short) VALUES (1, ?)", [Buffer.from([0xff])]],
    ["a sum out of range", "UPDATE parent SET changes = 2147483647 + ?", [1]],
  ])("%s will not fit the next time either", async (_, sql, values) => {
    expect(kindsOf(await errorOf(() => pool.query(sql, values)))).toEqual(["isDataError"]);
  });

  it("more than the server takes in one statement will not fit the next time either, and the pool goes on", async () => {
    const [row] = await pool.query<{ most: number }[]>("SELECT @@max_allowed_packet AS most");
    const tooMuch = Buffer.alloc((row?.most ?? 0) + 1024, "x");
    const error = await withOwnPool((own) =>
      errorOf(() => own.query("INSERT INTO child (id, long_text) VALUES (1, ?)", [tooMuch])),
    );
    expect(kindsOf(error)).toEqual(["isDataError"]);
    expect(await pool.query("SELECT id FROM child")).toEqual([]);
  });

  it("the same key again", async () => {
    expect(kindsOf(await errorOf(() => pool.query("INSERT INTO parent (id) VALUES (1)")))).toEqual([
      "isUniqueViolation",
    ]);
  });

  it.each([
    ["a row that refers to none", "INSERT INTO child (id, parentId) VALUES (1, 9)"],
    ["a row that is referred to", "DELETE FROM parent WHERE id = 1"],
  ])("%s", async (_, sql) => {
    await pool.query("INSERT INTO child (id, parentId) VALUES (2, 1)");
    expect(kindsOf(await errorOf(() => pool.query(sql)))).toEqual(["isDataError", "isForeignKeyViolation"]);
  });
});

describe("data that does not fit, through Prisma", () => {
  const role = (some: object = {}) => ({
    id: newId(),
    name: newId(),
    description: "",
    permissions: [],
    ...some,
  });

  it("the same key again", async () => {
    const data = role();
    await db.role.create({ data });
    expect(kindsOf(await errorOf(() => db.role.create({ data: { ...data, id: newId() } })))).toEqual([
      "isUniqueViolation",
    ]);
  });

  it("a text that is too long", async () => {
    expect(kindsOf(await errorOf(() => db.role.create({ data: role({ name: "x".repeat(101) }) })))).toEqual([
      "isDataError",
    ]);
  });

  it("a row that refers to none", async () => {
    const data = { userId: newId(), roleId: newId() };
    expect(kindsOf(await errorOf(() => db.userRole.create({ data })))).toEqual([
      "isDataError",
      "isForeignKeyViolation",
    ]);
  });
});

/** Each server has its own word for it. */
async function timeLimit(connection: Queryable): Promise<string> {
  const known = await connection.query<unknown[]>("SHOW VARIABLES LIKE 'max_execution_time'");
  return known.length > 0 ? "SET SESSION max_execution_time = 50" : "SET SESSION max_statement_time = 0.05";
}
