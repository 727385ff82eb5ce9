import { createConnection } from "mariadb";
import { expect, test } from "vitest";
import { canReachDatabase } from "../engines/can-reach.ts";
import { createTestDatabase } from "./test-database.ts";

async function query(url: string, sql: string): Promise<unknown> {
  const { hostname, port, username, password, pathname } = new URL(url);
  const connection = await createConnection({
    host: hostname,
    port: Number(port),
    user: username,
    password,
    database: pathname.slice(1),
  });
  try {
    return await connection.query(sql);
  } finally {
    await connection.end();
  }
}

test("each call makes an empty database of its own, in utf8mb4, and drop removes it", async () => {
  const [one, other] = [await createTestDatabase(), await createTestDatabase()];
  expect(one.name).not.toBe(other.name);
  expect(one.name).toMatch(/_test$/);
  expect(await query(one.url, "SHOW TABLES")).toEqual([]);
  expect(await query(one.url, "SELECT @@character_set_database AS c")).toEqual([{ c: "utf8mb4" }]);
  await one.drop();
  await other.drop();
  await expect(query(one.url, "SELECT 1")).rejects.toThrow(/Unknown database/);
});

test("the given migration runs on the new database", async () => {
  const database = await createTestDatabase({
    migrate: async (url) => void (await query(url, "CREATE TABLE marker (id INT)")),
  });
  expect(await query(database.url, "SHOW TABLES")).toHaveLength(1);
  await database.drop();
});

test("a failing migration leaves no database behind", async () => {
  let url = "";
  const migrate = (given: string) => {
    url = given;
    return Promise.reject(new Error("migration failed"));
  };
  await expect(createTestDatabase({ migrate })).rejects.toThrow("migration failed");
  await expect(query(url, "SELECT 1")).rejects.toThrow(/Unknown database/);
});

test("a wrong password does not count as reaching the server", async () => {
  const database = await createTestDatabase();
  const url = new URL(database.url);
  url.password = "wrong";
  expect(await canReachDatabase(url.toString())).toBe(false);
  await database.drop();
});
