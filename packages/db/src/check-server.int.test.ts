import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { type Connection, createConnection } from "mariadb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { checkServer } from "./check-server.ts";
import { driverConfig } from "./driver-config.ts";
import { MIGRATION_RIGHTS, RUNTIME_RIGHTS } from "./missing-rights.ts";

let database: TestDatabase;
let connection: Connection;

beforeAll(async () => {
  database = await createTestDatabase();
  connection = await createConnection(driverConfig(database.url));
});

afterAll(async () => {
  await connection.end();
  await database.drop();
});

describe("checkServer", () => {
  it("finds nothing wrong with the server of the tests, and tells what it is", async () => {
    const [version] = await connection.query<{ text: string }[]>("SELECT VERSION() AS text");
    const { server, problems } = await checkServer(connection, {
      database: database.name,
      rights: MIGRATION_RIGHTS,
    });
    expect(problems).toEqual([]);
    expect(server.engine).toBe(version?.text.includes("MariaDB") ? "mariadb" : "mysql");
    expect(version?.text.startsWith(server.version)).toBe(true);
  });

  it("names what an account may not do, and a session that is not as it was asked for", async () => {
    const user = database.name.replace(/_test$/, "_r");
    await connection.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'reader-of-4711'`);
    await connection.query(`GRANT SELECT ON \`${database.name}\`.* TO '${user}'@'%'`);
    const reader = await createConnection({
      ...driverConfig(database.url),
      user,
      password: "reader-of-4711",
      allowPublicKeyRetrieval: true,
    });
    try {
      await reader.query("SET SESSION time_zone = '+02:00'");
      const { problems } = await checkServer(reader, { database: database.name, rights: RUNTIME_RIGHTS });
      expect(problems.map(({ kind }) => kind)).toEqual(["rights", "session"]);
      expect(problems[0]?.message).toContain("GRANT INSERT, UPDATE, DELETE");
      expect(problems[1]?.message).toContain("+02:00");
    } finally {
      await reader.end();
      await connection.query(`DROP USER '${user}'@'%'`);
    }
  });
});
