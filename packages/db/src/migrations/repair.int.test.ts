import { startCuttingProxy } from "@tocsin/sandbox/testing/cutting-proxy";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPool, type Pool } from "../pool.ts";
import { createMigrationFolder, type MigrationFolder } from "../testing/migration-folder.ts";
import { migrate } from "./migrate.ts";
import { continueMigration, findStoppedMigration, markApplied, markRolledBack } from "./repair.ts";

const NAME = "1_unique_names";

/** The third statement fails while two people have one name. */
const SCRIPT = `-- CreateTable
CREATE TABLE person (id INT NOT NULL PRIMARY KEY, name VARCHAR(20) NOT NULL, seen INT NOT NULL);

INSERT INTO person VALUES (1, 'Ada', 0), (2, 'Ada', 0);

-- CreateIndex
CREATE UNIQUE INDEX person_name_key ON person(name);

UPDATE person SET seen = seen + 1;
ALTER TABLE person ADD COLUMN note VARCHAR(20) NULL;
`;

// Others that migrate on the same server are waited for.
describe("a migration that stopped half-way", { timeout: 120_000 }, () => {
  let database: TestDatabase;
  let pool: Pool;
  let folder: MigrationFolder;
  let options: { url: string; folder: string };

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool({ url: database.url, connectionLimit: 2 });
    folder = createMigrationFolder();
    folder.write(NAME, SCRIPT);
    options = { url: database.url, folder: folder.path };
  });

  afterEach(async () => {
    await pool.close();
    await database.drop();
    folder.remove();
  });

  const rowsOfPrisma = () =>
    pool.query<Record<string, unknown>[]>(
      `SELECT migration_name AS name, finished_at IS NOT NULL AS finished, rolled_back_at IS NOT NULL AS rolledBack,
              applied_steps_count AS steps, logs FROM _prisma_migrations ORDER BY started_at`,
    );
  const people = () => pool.query("SELECT * FROM person ORDER BY id");
  const stop = () => expect(migrate(options)).rejects.toThrow(/failed at statement 3 of 5, line 7/);
  const mend = () => pool.query("UPDATE person SET name = 'Grace' WHERE id = 2");

  it("is named with its statement and what the server said, and keeps both in Prisma's table", async () => {
    await expect(migrate(options)).rejects.toThrow(
      new RegExp(
        `^Migration ${NAME} failed at statement 3 of 5, line 7 ` +
          String.raw`\(CREATE UNIQUE INDEX person_name_key ON person\(name\)\): Duplicate entry 'Ada' for key .+\. ` +
          "npm run db:migrate -- --repair says how to go on\\.$",
      ),
    );
    expect(await rowsOfPrisma()).toEqual([
      {
        name: NAME,
        finished: 0,
        rolledBack: 0,
        steps: 0,
        logs: expect.stringMatching(
          /^2 of 5 statements are done\. Statement 3 \(line 7\) failed: Duplicate entry 'Ada' for key .*\nCREATE UNIQUE/,
        ),
      },
    ]);
  });

  it("is shown with what is done of it, as often as one likes, and changes nothing", async () => {
    await stop();
    const before = await rowsOfPrisma();
    const [first, second] = [await findStoppedMigration(options), await findStoppedMigration(options)];
    expect(first).toMatchObject({
      name: NAME,
      file: "unchanged",
      progress: { done: 2, total: 5, next: "failed", message: expect.stringContaining("'Ada'") },
    });
    expect(second).toEqual(first);
    expect(await rowsOfPrisma()).toEqual(before);
  });

  it("goes on at the statement that failed, runs none twice, and is then finished", async () => {
    await stop();
    await mend();
    await continueMigration(options);
    expect(await people()).toEqual([
      { id: 1, name: "Ada", seen: 1, note: null },
      { id: 2, name: "Grace", seen: 1, note: null },
    ]);
    expect(await rowsOfPrisma()).toEqual([{ name: NAME, finished: 1, rolledBack: 0, steps: 1, logs: null }]);
    expect(await continueMigration(options)).toBeUndefined();
    expect(await migrate(options)).toEqual({ applied: [], newer: [] });
  });

  it("stops at the same statement again while the cause is there", async () => {
    await stop();
    await expect(continueMigration(options)).rejects.toThrow(/failed at statement 3 of 5/);
    expect((await findStoppedMigration(options))?.progress).toMatchObject({ done: 2, next: "failed" });
  });

  it("leaves out what a person did by hand, and nothing else", async () => {
    await stop();
    await expect(continueMigration({ ...options, from: 2 })).rejects.toThrow(
      /^--from must be a number from 3 to 5/,
    );
    await expect(continueMigration({ ...options, from: 6 })).rejects.toThrow(
      /^--from must be a number from 3 to 5/,
    );
    await continueMigration({ ...options, from: 4 });
    expect(await people()).toMatchObject([
      { name: "Ada", seen: 1 },
      { name: "Ada", seen: 1 },
    ]);
  });

  it("is run from its start where a person undid it, with what was changed in its file", async () => {
    await stop();
    await pool.query("DROP TABLE person");
    folder.write(NAME, SCRIPT.replace("(2, 'Ada', 0)", "(2, 'Grace', 0)"));
    await markRolledBack(options);
    expect((await migrate(options)).applied).toEqual([NAME]);
    expect(await rowsOfPrisma()).toMatchObject([
      { finished: 0, rolledBack: 1, logs: expect.stringMatching(/^2 of 5/) },
      { finished: 1, rolledBack: 0, logs: null },
    ]);
  });

  it("counts as applied where a person did the rest", async () => {
    await stop();
    await markApplied(options);
    expect(await rowsOfPrisma()).toMatchObject([{ finished: 1, steps: 1, rolledBack: 0 }]);
    expect(await migrate(options)).toEqual({ applied: [], newer: [] });
    expect(await markApplied(options)).toBeUndefined();
  });

  it.each(["changed", "missing"] as const)("is not gone on with when its file is %s", async (file) => {
    await stop();
    const before = await rowsOfPrisma();
    if (file === "changed") folder.write(NAME, `${SCRIPT}\n`);
    else folder.empty();
    await mend();
    const refusal = file === "changed" ? /was changed after it began/ : /is not in prisma\/migrations/;
    await expect(continueMigration(options)).rejects.toThrow(refusal);
    await expect(markApplied(options)).rejects.toThrow(refusal);
    expect(await findStoppedMigration(options)).toMatchObject({ file, statements: [], progress: undefined });
    expect(await rowsOfPrisma()).toEqual(before);
  });

  it.each([
    ["nothing", null],
    ["what Prisma's command notes", "A migration failed to apply.\n\nDatabase error code: 1062"],
  ])("is not guessed at where its row holds %s", async (_name, logs) => {
    await stop();
    await mend();
    await pool.query("UPDATE _prisma_migrations SET logs = ?", [logs]);
    await expect(continueMigration(options)).rejects.toThrow(/^Nothing tells how far .* --from <number>\.$/);
    await continueMigration({ ...options, from: 3 });
    expect(await people()).toMatchObject([{ seen: 1 }, { seen: 1 }]);
  });

  it("commits a change of rows with the note that it is done", async () => {
    folder.write(
      NAME,
      "CREATE TABLE a (id INT NOT NULL PRIMARY KEY);\nINSERT INTO a VALUES (1);\nSELECT nothing;",
    );
    await expect(migrate(options)).rejects.toThrow(/at statement 3 of 3/);
    await pool.query("DELETE FROM a");
    await expect(continueMigration(options)).rejects.toThrow(/at statement 3 of 3/);
    expect(await pool.query("SELECT * FROM a")).toEqual([]);
  });

  it("says that nobody knows whether a statement was done whose answer was lost, and takes a person's word", async () => {
    const { port } = new URL(database.url);
    const proxy = await startCuttingProxy(Number(port));
    const url = new URL(database.url);
    url.port = String(proxy.port);
    folder.write(NAME, "CREATE TABLE a (id INT NOT NULL PRIMARY KEY);");
    await migrate(options);
    folder.write(
      "2_column",
      "CREATE TABLE b (id INT NOT NULL PRIMARY KEY);\nALTER TABLE a ADD COLUMN c INT NULL;\n" +
        "CREATE TABLE d (id INT NOT NULL PRIMARY KEY);",
    );
    try {
      // Whoever reads the table holds up the statement that changes it.
      const run = await pool.transaction("READ COMMITTED", async (reader) => {
        await reader.query("SELECT * FROM a");
        const migrating = Promise.allSettled([migrate({ ...options, url: url.href })]);
        await eventually(async () => expect((await rowsOfPrisma())[1]?.["logs"]).toMatch(/2 .* was begun/));
        proxy.loseAnswerAfter(0);
        return { migrating };
      });
      const [outcome] = await run.migrating;
      expect(String(outcome.status === "rejected" && outcome.reason)).toMatch(
        /lost its connection at statement 2 of 3, line 2 \(ALTER TABLE a/,
      );
    } finally {
      await proxy.close();
    }
    await eventually(() => pool.query("SELECT c FROM a"));
    expect((await findStoppedMigration(options))?.progress).toEqual({ done: 1, total: 3, next: "begun" });
    await expect(continueMigration(options)).rejects.toThrow(/Duplicate column name 'c'/);
    await continueMigration({ ...options, from: 3 });
    expect(await migrate(options)).toEqual({ applied: [], newer: [] });
    await pool.query("SELECT id FROM d");
  });
});
