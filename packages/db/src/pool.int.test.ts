import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { isDataError, isInfrastructureError, isUniqueViolation } from "./errors.ts";
import { createPool, parseJson, type Pool, type Queryable, withPoolTransaction } from "./pool.ts";

let database: TestDatabase;
let pool: Pool;

beforeAll(async () => {
  database = await createTestDatabase();
  pool = createPool({ url: database.url, connectionLimit: 4 });
  await pool.query(
    `CREATE TABLE thing (
       id INT PRIMARY KEY, big BIGINT, exact DECIMAL(19, 4), at DATETIME(3), yes BOOLEAN, bytes BINARY(4), data JSON,
       short VARCHAR(3)
     ) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci`,
  );
});

beforeEach(async () => {
  await pool.query("DELETE FROM thing");
});

afterAll(async () => {
  await pool.close();
  await database.drop();
});

describe("createPool", () => {
  it("gives back what it was given, of every type", async () => {
    const at = new Date("2026-03-29T01:30:00.123Z");
    const data = { text: "Zürich 🚨 'quoted' \\ backslash", list: [1, null, true] };
    const bytes = Buffer.from([0, 39, 92, 255]);
    const { affectedRows } = await pool.query<{ affectedRows: number }>(
      "INSERT INTO thing VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
      [1, 9_007_199_254_740_991, "123456789012345.6789", at, true, bytes, JSON.stringify(data)],
    );
    expect(affectedRows).toBe(1);
    const [row] = await pool.query<{ data: unknown }[]>("SELECT * FROM thing");
    expect(row).toMatchObject({
      id: 1,
      big: 9_007_199_254_740_991,
      exact: "123456789012345.6789",
      at,
      yes: 1,
      bytes,
      short: null,
    });
    expect(parseJson(row?.data)).toEqual(data);
  });

  it.each(['"text"', "null", "1.5", "[]"])("reads the JSON value %s back", async (text) => {
    await pool.query("INSERT INTO thing (id, data) VALUES (1, ?)", [text]);
    const [row] = await pool.query<{ data: unknown }[]>("SELECT data FROM thing");
    expect(parseJson(row?.data)).toEqual(JSON.parse(text));
  });

  it("counts in numbers and refuses one that a number cannot hold", async () => {
    expect(await pool.query("SELECT COUNT(*) AS count FROM thing")).toEqual([{ count: 0 }]);
    await expect(pool.query("SELECT 9007199254740993 AS big")).rejects.toThrow(/9007199254740993/);
  });

  it("works in UTC, whatever the machine's time zone", async () => {
    const [row] = await pool.query<{ now: Date; utc: Date }[]>(
      "SELECT NOW(3) AS now, UTC_TIMESTAMP(3) AS utc",
    );
    expect(row?.now).toEqual(row?.utc);
    expect(Math.abs((row?.utc.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("refuses what does not fit instead of cutting it, and does not show the value", async () => {
    const error: unknown = await pool
      .query("INSERT INTO thing (id, short) VALUES (1, ?)", ["secret"])
      .catch((cause: unknown) => cause);
    expect(isDataError(error)).toBe(true);
    expect(String(error)).not.toContain("secret");
  });

  it("inserts many rows as if one by one, and all of them or none", async () => {
    const insert = "INSERT INTO thing (id, exact, bytes, data, short) VALUES (?, ?, UNHEX(?), ?, LOWER(?))";
    const rows = Array.from({ length: 300 }, (_, id) => [
      id,
      id % 2 === 0 ? null : `${id}.5`,
      id % 3 === 0 ? null : "00FF2792",
      id % 5 === 0 ? null : '{"text":"Zürich 🚨 \'quoted\'"}',
      "AbC",
    ]);
    await pool.insertMany(insert, rows);
    const [counts] = await pool.query<unknown[]>(
      "SELECT COUNT(*) AS count, COUNT(exact) AS exact, COUNT(bytes) AS bytes, COUNT(data) AS data FROM thing",
    );
    expect(counts).toEqual({ count: 300, exact: 150, bytes: 200, data: 240 });
    const [row] = await pool.query<{ data: unknown }[]>(
      "SELECT exact, bytes, data, short FROM thing WHERE id = 1",
    );
    expect(row).toMatchObject({ exact: "1.5000", bytes: Buffer.from([0, 255, 39, 146]), short: "abc" });
    expect(parseJson(row?.data)).toEqual({ text: "Zürich 🚨 'quoted'" });
    await pool.query("DELETE FROM thing");

    const broken = rows.with(299, [299, null, null, null, "too long"]);
    const error: unknown = await pool.insertMany(insert, broken).catch((cause: unknown) => cause);
    expect(isDataError(error)).toBe(true);
    expect(await pool.query("SELECT id FROM thing")).toEqual([]);
    await expect(pool.insertMany(insert, [])).resolves.toBeUndefined();
  });

  it("tells a unique key taken", async () => {
    await pool.query("INSERT INTO thing (id) VALUES (1)");
    const error: unknown = await pool
      .query("INSERT INTO thing (id) VALUES (1)")
      .catch((cause: unknown) => cause);
    expect(isUniqueViolation(error)).toBe(true);
  });

  it("blames the infrastructure when nobody listens", async () => {
    const nowhere = createPool({ url: "mysql://u:p@127.0.0.1:1/nothing", acquireTimeout: 200 });
    const error: unknown = await nowhere.query("SELECT 1").catch((cause: unknown) => cause);
    expect(isInfrastructureError(error)).toBe(true);
    await nowhere.close();
  });
});

describe("a session", () => {
  it("does what is begun together in its order, and commits each statement by itself, also behind one that fails", async () => {
    const begun = await pool.session((connection) =>
      Promise.allSettled([
        connection.query("INSERT INTO thing (id, big) VALUES (1, 1)"),
        connection.query("INSERT INTO thing (id, big) VALUES (1, 2)"),
        connection.query("UPDATE thing SET big = big + 10"),
        connection.query("SELECT id, big FROM thing"),
      ]),
    );
    expect(begun.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    expect(begun[3]).toMatchObject({ value: [{ id: 1, big: 11 }] });
    expect(await pool.query("SELECT id, big FROM thing")).toEqual([{ id: 1, big: 11 }]);
  });

  it("waits for what is begun before its connection is anybody else's, and then takes no statement any more", async () => {
    let late: Queryable | undefined;
    const givenUp = pool.session((connection) => {
      late = connection;
      void connection.query("DO SLEEP(0.2)");
      void connection.query("INSERT INTO thing (id) VALUES (1)");
      return Promise.reject(new Error("Given up"));
    });
    await expect(givenUp).rejects.toThrow("Given up");
    expect(await pool.query("SELECT id FROM thing")).toEqual([{ id: 1 }]);
    await expect(late?.query("INSERT INTO thing (id) VALUES (2)")).rejects.toThrow("The session is over");
  });
});

describe("withPoolTransaction", () => {
  const ids = async (connection: Queryable = pool) => {
    const rows = await connection.query<{ id: number }[]>("SELECT id FROM thing ORDER BY id");
    return rows.map(({ id }) => id);
  };

  it("commits what the work did and returns its result", async () => {
    const result = await withPoolTransaction(pool, async (connection) => {
      await connection.query("INSERT INTO thing (id) VALUES (1)");
      expect(await ids()).toEqual([]);
      return "done";
    });
    expect(result).toBe("done");
    expect(await ids()).toEqual([1]);
  });

  it("undoes everything when the work throws, and throws the same, without a second try", async () => {
    const failure = new Error("no");
    let runs = 0;
    const running = withPoolTransaction(pool, async (connection) => {
      runs += 1;
      await connection.query("INSERT INTO thing (id) VALUES (1)");
      throw failure;
    });
    await expect(running).rejects.toBe(failure);
    expect(runs).toBe(1);
    expect(await ids()).toEqual([]);
  });

  it("is READ COMMITTED unless told otherwise", async () => {
    const seen = async (isolation?: "REPEATABLE READ") =>
      withPoolTransaction(
        pool,
        async (connection) => {
          await ids(connection);
          await pool.query("INSERT INTO thing (id) VALUES (1)");
          const after = await ids(connection);
          await pool.query("DELETE FROM thing");
          return after;
        },
        isolation === undefined ? {} : { isolation },
      );
    expect(await seen()).toEqual([1]);
    expect(await seen("REPEATABLE READ")).toEqual([]);
  });

  it("runs the loser of a deadlock again as a whole", async () => {
    await pool.query("INSERT INTO thing (id, big) VALUES (1, 0), (2, 0)");
    const met = meetingPoint(2);
    let runs = 0;
    const add = (first: number, second: number) =>
      withPoolTransaction(pool, async (connection) => {
        runs += 1;
        await connection.query("UPDATE thing SET big = big + 1 WHERE id = ?", [first]);
        await met();
        await connection.query("UPDATE thing SET big = big + 1 WHERE id = ?", [second]);
      });
    await Promise.all([add(1, 2), add(2, 1)]);
    expect(runs).toBe(3);
    expect(await pool.query("SELECT id, big FROM thing ORDER BY id")).toEqual([
      { id: 1, big: 2 },
      { id: 2, big: 2 },
    ]);
  });

  it("undoes what was sent behind the statement that lost a deadlock", async () => {
    await pool.query("INSERT INTO thing (id, big) VALUES (1, 0), (2, 0)");
    const met = meetingPoint(2);
    const add = (first: number, second: number) =>
      pool.transaction("READ COMMITTED", async (connection) => {
        await connection.query("UPDATE thing SET big = big + 1 WHERE id = ?", [first]);
        await met();
        await Promise.all([
          connection.query("UPDATE thing SET big = big + 1 WHERE id = ?", [second]),
          connection.query("INSERT INTO thing (id) VALUES (?)", [first + 10]),
        ]);
        return first + 10;
      });
    const outcomes = await Promise.allSettled([add(1, 2), add(2, 1)]);
    const won = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    expect(won).toHaveLength(1);
    expect(await ids()).toEqual([1, 2, ...won]);
  });

  it("takes no statement any more once it is over", async () => {
    let late: Queryable | undefined;
    const givenUp = pool.transaction("READ COMMITTED", async (connection) => {
      late = connection;
      await connection.query("INSERT INTO thing (id) VALUES (1)");
      throw new Error("Given up");
    });
    await expect(givenUp).rejects.toThrow("Given up");
    await expect(late?.query("INSERT INTO thing (id) VALUES (2)")).rejects.toThrow("The transaction is over");
    await expect(late?.insertMany("INSERT INTO thing (id) VALUES (?)", [[3]])).rejects.toThrow(
      "The transaction is over",
    );
    expect(await ids()).toEqual([]);
  });

  it("undoes the whole transaction after a lock wait timeout, and gives up after its attempts", async () => {
    await pool.query("INSERT INTO thing (id, big) VALUES (1, 0)");
    let runs = 0;
    await withPoolTransaction(pool, async (holder) => {
      await holder.query("UPDATE thing SET big = 1 WHERE id = 1");
      const waiting = withPoolTransaction(
        pool,
        async (connection) => {
          runs += 1;
          await connection.query("SET innodb_lock_wait_timeout = 1");
          await connection.query("INSERT INTO thing (id) VALUES (2)");
          await connection.query("UPDATE thing SET big = 2 WHERE id = 1");
        },
        { attempts: 2 },
      );
      await expect(waiting).rejects.toMatchObject({ errno: 1205 });
    });
    expect(runs).toBe(2);
    expect(await ids()).toEqual([1]);
  });

  it("does not run again when the connection breaks, and the pool goes on", async () => {
    let runs = 0;
    const broken = withPoolTransaction(pool, async (connection) => {
      runs += 1;
      const [row] = await connection.query<{ id: number }[]>("SELECT CONNECTION_ID() AS id");
      await pool.query(`KILL ${row?.id ?? 0}`);
      await connection.query("INSERT INTO thing (id) VALUES (1)");
    });
    const error: unknown = await broken.catch((cause: unknown) => cause);
    expect(isInfrastructureError(error)).toBe(true);
    expect(runs).toBe(1);
    expect(await ids()).toEqual([]);
  });

  it("gives every connection back", async () => {
    const rounds = Array.from({ length: 40 }, (_, index) =>
      withPoolTransaction(pool, async (connection) => {
        await connection.query("SELECT 1");
        if (index % 2 === 0) throw new Error("no");
      }).catch(() => undefined),
    );
    await Promise.all(rounds);
    expect(await ids()).toEqual([]);
  });
});

/** Resolves for everyone once so many have come; later ones do not wait. */
function meetingPoint(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  let arrived = 0;
  return async () => {
    arrived += 1;
    if (arrived >= count) resolve(undefined);
    await promise;
  };
}
