import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPool, type Pool } from "../pool.ts";
import { migrate, migrationStatus } from "./migrate.ts";
import { MigrationRefusedError } from "./plan-migrations.ts";
import { migrationsFolder, readMigrations } from "./read-migrations.ts";

const known = readMigrations(migrationsFolder).map(({ name }) => name);

describe("migrate", { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let pool: Pool;
  let folder: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool({ url: database.url, connectionLimit: 2 });
    folder = mkdtempSync(join(tmpdir(), "tocsin-migrations-"));
  });

  afterEach(async () => {
    await pool.close();
    await database.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, sql: string) => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, "migration.sql"), sql);
  };
  const run = () => migrate({ url: database.url, folder });
  const tables = async () => {
    const rows = await pool.query<{ name: string }[]>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1",
    );
    return rows.map(({ name }) => name);
  };

  it("brings an empty database to the current schema, and does nothing the second time", async () => {
    expect(await migrate({ url: database.url })).toEqual({ applied: known, newer: [] });
    expect(await tables()).toContain("notification_recipient");
    expect(await migrate({ url: database.url })).toEqual({ applied: [], newer: [] });
  });

  it("keeps Prisma's table as Prisma does", async () => {
    await migrate({ url: database.url });
    const rows = await pool.query("SELECT * FROM _prisma_migrations ORDER BY migration_name");
    expect(rows).toEqual(
      known.map((name) => ({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        checksum: createHash("sha256")
          .update(readFileSync(join(migrationsFolder, name, "migration.sql")))
          .digest("hex"),
        finished_at: expect.any(Date),
        migration_name: name,
        logs: null,
        rolled_back_at: null,
        started_at: expect.any(Date),
        applied_steps_count: 1,
      })),
    );
  });

  it("lets two runs at once apply each migration once", async () => {
    const [first, second] = await Promise.all([
      migrate({ url: database.url }),
      migrate({ url: database.url }),
    ]);
    expect([...first.applied, ...second.applied]).toEqual(known);
  });

  it("lets the program of before meet a newer database, and tells it so", async () => {
    write("1_first", "CREATE TABLE a (id INT NOT NULL PRIMARY KEY);");
    await run();
    write("2_second", "-- AlterTable\nALTER TABLE a ADD COLUMN b VARCHAR(20) NOT NULL DEFAULT 'c;d';");
    expect(await migrationStatus({ url: database.url, folder })).toEqual({
      applied: ["1_first"],
      pending: ["2_second"],
      newer: [],
    });
    expect((await run()).applied).toEqual(["2_second"]);
    rmSync(join(folder, "2_second"), { recursive: true });
    expect(await run()).toEqual({ applied: [], newer: ["2_second"] });
  });

  it("refuses a migration that was changed after it was applied", async () => {
    write("1_first", "CREATE TABLE a (id INT NOT NULL PRIMARY KEY);");
    await run();
    write("1_first", "CREATE TABLE a (id BIGINT NOT NULL PRIMARY KEY);");
    await expect(run()).rejects.toThrow(/^Migration 1_first was changed after it was applied/);
  });

  it("notes where a migration failed, and refuses every run until it is repaired", async () => {
    write(
      "1_first",
      "CREATE TABLE a (id INT NOT NULL PRIMARY KEY);\n\nCREATE TABLE a (id INT NOT NULL PRIMARY KEY);",
    );
    await expect(run()).rejects.toThrow(MigrationRefusedError);
    expect(await pool.query("SELECT logs, finished_at, applied_steps_count FROM _prisma_migrations")).toEqual(
      [
        {
          logs: expect.stringMatching(/^1 of 2 .* Statement 2 \(line 3\) failed: Table 'a' already exists/),
          finished_at: null,
          applied_steps_count: 0,
        },
      ],
    );
    await expect(run()).rejects.toThrow(/^Migration 1_first began and did not finish/);

    await pool.query("DROP TABLE a");
    await pool.query("DELETE FROM _prisma_migrations");
    write("1_first", "CREATE TABLE a (id INT NOT NULL PRIMARY KEY);");
    expect((await run()).applied).toEqual(["1_first"]);
  });

  it("takes a migration that prisma migrate resolve marked as rolled back for not applied", async () => {
    write("1_first", "CREATE TABLE a (id INT NOT NULL PRIMARY KEY); SELECT nothing;");
    await expect(run()).rejects.toThrow(MigrationRefusedError);
    await pool.query("DROP TABLE a");
    await pool.query("UPDATE _prisma_migrations SET rolled_back_at = UTC_TIMESTAMP(3)");
    write("1_first", "CREATE TABLE a (id INT NOT NULL PRIMARY KEY);");
    expect((await run()).applied).toEqual(["1_first"]);
  });

  it("refuses a script that it cannot take apart before it does anything", async () => {
    write("1_first", "CREATE TABLE a (id INT NOT NULL PRIMARY KEY);\nINSERT INTO a VALUES ('1);");
    await expect(run()).rejects.toThrow("Migration 1_first: Line 2: ' has no end.");
    expect(await tables()).toEqual([]);
  });

  it("refuses a database with tables that are not its own, and leaves it as it is", async () => {
    await pool.query("CREATE TABLE somebody_elses (id INT NOT NULL PRIMARY KEY)");
    await expect(migrate({ url: database.url })).rejects.toThrow(/is not empty \(somebody_elses\)/);
    await expect(migrationStatus({ url: database.url })).rejects.toThrow(/is not empty/);
    expect(await tables()).toEqual(["somebody_elses"]);
  });

  it("changes nothing when asked for the status", async () => {
    expect(await migrationStatus({ url: database.url })).toEqual({ applied: [], pending: known, newer: [] });
    expect(await tables()).toEqual([]);
  });
});
