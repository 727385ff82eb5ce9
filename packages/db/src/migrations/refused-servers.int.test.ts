import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MIGRATION_RIGHTS } from "../missing-rights.ts";
import { createPool, type Pool } from "../pool.ts";
import { createMigrationFolder } from "../testing/migration-folder.ts";
import { migrate } from "./migrate.ts";
import { withMigrationLock } from "./migration-session.ts";

const PASSWORD = "migrates-4711";

describe("migrating", { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let pool: Pool;
  let user: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool({ url: database.url, connectionLimit: 2 });
    user = database.name.replace(/_test$/, "_m");
  });

  afterEach(async () => {
    await pool.query(`DROP USER IF EXISTS '${user}'@'%'`);
    await pool.close();
    await database.drop();
  });

  const accountWith = async (rights: readonly string[]) => {
    await pool.query(`CREATE USER '${user}'@'%' IDENTIFIED BY '${PASSWORD}'`);
    await pool.query(`GRANT ${rights.join(", ")} ON \`${database.name}\`.* TO '${user}'@'%'`);
    const url = new URL(database.url);
    [url.username, url.password] = [user, PASSWORD];
    url.searchParams.set("allowPublicKeyRetrieval", "true");
    return url.href;
  };
  const tables = () => pool.query("SHOW TABLES");

  it("needs no more rights than it asks for", async () => {
    const url = await accountWith(MIGRATION_RIGHTS);
    const { applied } = await migrate({ url });
    expect(applied.length).toBeGreaterThan(0);
    expect(await migrate({ url })).toEqual({ applied: [], newer: [] });
  });

  it.each(["CREATE", "ALTER", "INDEX", "REFERENCES", "UPDATE"] as const)(
    "without the right %s changes nothing and names it",
    async (right) => {
      const url = await accountWith(MIGRATION_RIGHTS.filter((other) => other !== right));
      await expect(migrate({ url })).rejects.toThrow(
        `The database account lacks rights: GRANT ${right} ON \`${database.name}\`.* to it.`,
      );
      expect(await tables()).toEqual([]);
    },
  );

  it("asks for no right where there is nothing to do", async () => {
    const folder = createMigrationFolder();
    try {
      folder.write("1_first", "CREATE TABLE a (id INT NOT NULL PRIMARY KEY);");
      await migrate({ url: database.url, folder: folder.path });
      const url = await accountWith(["SELECT"]);
      expect(await migrate({ url, folder: folder.path })).toEqual({ applied: [], newer: [] });
    } finally {
      folder.remove();
    }
  });

  it("has a session of its own kind, whatever the server's defaults are", async () => {
    const folder = createMigrationFolder();
    try {
      folder.write(
        "1_session",
        "CREATE TABLE seen (id INT NOT NULL PRIMARY KEY, zone VARCHAR(10), engine VARCHAR(20), mode VARCHAR(200));\n" +
          "INSERT INTO seen VALUES (1, @@session.time_zone, @@session.default_storage_engine, @@session.sql_mode);",
      );
      await migrate({ url: database.url, folder: folder.path });
      expect(await pool.query("SELECT * FROM seen")).toEqual([
        { id: 1, zone: "+00:00", engine: "InnoDB", mode: expect.stringContaining("STRICT_TRANS_TABLES") },
      ]);
    } finally {
      folder.remove();
    }
  });

  it("tells whom it waited for in vain", async () => {
    await withMigrationLock(database.url, async (connection) => {
      const [own] = await connection.query<{ id: number; name: string }[]>(
        "SELECT CONNECTION_ID() AS id, SUBSTRING_INDEX(USER(), '@', 1) AS name",
      );
      const second = withMigrationLock(database.url, async () => {}, 0);
      await expect(second).rejects.toThrow(
        new RegExp(
          `^Another process has been migrating .* \\(connection ${own?.id}: ${own?.name} from \\S+\\)\\.`,
        ),
      );
      // An account that may not see the others' connections.
      const stranger = withMigrationLock(await accountWith(["SELECT"]), async () => {}, 0);
      await expect(stranger).rejects.toThrow(new RegExp(`\\(connection ${own?.id}\\)\\.`));
    });
  });
});
