import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createPool, type Pool } from "../pool.ts";
import { migrateUpTo } from "../testing/earlier-schema.ts";
import { repositoryFolder } from "./repository.ts";

const entry = join(import.meta.dirname, "migrate.ts");
const guideFile = join(repositoryFolder, "docs/what-if-a-migration-stops-half-way.md");

/** The migration of the guide: it drops two indexes and makes two. */
const NAME = "20261108020000_people_and_audit_in_order";

interface Ended {
  code: number;
  lines: string[];
}

describe("npm run db:migrate", { timeout: 240_000 }, () => {
  let database: TestDatabase;
  let pool: Pool;

  beforeEach(async () => {
    database = await createTestDatabase();
    pool = createPool({ url: database.url, connectionLimit: 2 });
  }, 120_000);

  afterEach(async () => {
    await pool.close();
    await database.drop();
  });

  const command = (options = "", url = database.url): Promise<Ended> => {
    const args = [entry, ...options.split(" ").filter((word) => word !== "")];
    return end(process.execPath, args, { DATABASE_URL: url });
  };

  it("says in one line that a database is somebody else's, and leaves it as it is", async () => {
    await pool.query("CREATE TABLE wp_posts (id INT NOT NULL PRIMARY KEY)");
    expect(await command()).toEqual({
      code: 1,
      lines: [
        expect.stringMatching(
          /^✗ The database is not empty \(wp_posts\).* Give Tocsin a database of its own\.$/,
        ),
      ],
    });
    expect(await pool.query("SHOW TABLES")).toHaveLength(1);
  });

  it.each([
    ["a wrong password", (url: URL) => void (url.password = "wrong-4711"), /refuses this user or password/],
    [
      "a database that is not there",
      (url: URL) => void (url.pathname = "/nobody_has_this"),
      /no such database/,
    ],
    ["a server that is not there", (url: URL) => void (url.port = "1"), /nobody listens there/],
  ])("says in one line what is wrong with %s, and shows no password", async (_name, change, message) => {
    const url = new URL(database.url);
    const { password } = url;
    url.searchParams.set("allowPublicKeyRetrieval", "true");
    change(url);
    const { code, lines } = await command("", url.href);
    expect({ code, lines }).toEqual({ code: 1, lines: [expect.stringMatching(message)] });
    expect(password).not.toBe("");
    expect(lines.join()).not.toContain(`:${password}@`);
    expect(lines.join()).not.toContain("wrong-4711");
  });

  it("says in one line which option it does not know", async () => {
    expect(await command("--force")).toEqual({ code: 1, lines: ["✗ Unknown option '--force'; see --help."] });
  });

  it("has nothing to repair where nothing stopped", async () => {
    const nothing = { code: 0, lines: ["✓ No migration stopped half-way: nothing was changed."] };
    for (const way of ["", "--continue"]) {
      expect(await command(`--repair ${way}`)).toEqual(nothing);
    }
    expect(await pool.query("SHOW TABLES")).toEqual([]);
  });

  it("is gone on with after it was killed between two statements", async () => {
    await migrateUpTo(database.url, NAME);
    // Whoever reads the table of the second statement holds it up.
    await pool.transaction("READ COMMITTED", async (reader) => {
      await reader.query("SELECT * FROM user");
      const child = spawn(process.execPath, [entry], {
        env: { PATH: process.env["PATH"], DATABASE_URL: database.url },
        stdio: "ignore",
      });
      await eventually(async () => expect(await notes(pool)).toMatch(/^1 of 4 .* Statement 2 .* was begun/), {
        timeoutMs: 60_000,
      });
      const exited = once(child, "exit");
      child.kill("SIGKILL");
      await exited;
      await endConnectionsOf(pool, database.name);
    });
    const shown = await command("--repair");
    expect(shown.code).toBe(1);
    expect(shown.lines.slice(1, 5)).toEqual([
      expect.stringMatching(/^ {2}done {5}1, line 2: DROP INDEX/),
      expect.stringMatching(/^ {2}begun {4}2, line 5: DROP INDEX/),
      expect.stringMatching(/^ {2}not run {2}3, line 8: CREATE INDEX/),
      expect.stringMatching(/^ {2}not run {2}4, line 11: CREATE INDEX/),
    ]);
    expect(await command()).toEqual({
      code: 1,
      lines: [expect.stringMatching(/^✗ Migration \S+ began and did not finish\. .*--repair says/)],
    });
    // The server ended the statement with its connection: it was not done.
    expect(await indexesOf(pool, "user")).toContain("user_status_createdAt_idx");
    expect(await command("--repair --continue")).toEqual({
      code: 0,
      lines: [`✓ Migration ${NAME} is finished. npm run db:migrate applies what is left.`],
    });
    expect(await indexesOf(pool, "user")).not.toContain("user_status_createdAt_idx");
    expect((await command()).lines.at(-1)).toMatch(/^✓ Applied \d+ migrations\.$/);
  });

  it("stops, shows and goes on as the guide says", async () => {
    const guide = readFileSync(guideFile, "utf8");
    const blocks = [...guide.matchAll(/^```(sh|sql|text)\n([\s\S]*?)^```/gm)].map(
      ([, language = "", text = ""]) => ({ language, text }),
    );
    expect(blocks.map(({ language }) => language).join(" ")).toBe("sql sh text sh text sql sh text sh");
    await migrateUpTo(database.url, NAME);
    let printed: string[] = [];
    for (const { language, text } of blocks) {
      if (language === "sql") await pool.query(text.trim().replace(/;$/, ""));
      if (language === "sh") printed = (await shell(text, database.url)).map(inGuide);
      if (language === "text") expect(printed).toEqual(text.trimEnd().split("\n").map(inGuide));
    }
    expect((await command("--status")).code).toBe(0);
  });
});

/** As it is compared: without the time. */
function inGuide(line: string): string {
  return line.replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/, "<time>").trimEnd();
}

/** Runs commands as they stand in the guide, and gives what they print. */
async function shell(commands: string, url: string): Promise<string[]> {
  const { PATH = "", HOME = "" } = process.env;
  const { lines } = await end("bash", ["-c", commands], {
    PATH,
    HOME,
    DATABASE_URL: url,
    npm_config_loglevel: "silent",
  });
  return lines;
}

async function end(program: string, args: string[], env: Record<string, string>): Promise<Ended> {
  const { PATH = "" } = process.env;
  const options = { cwd: repositoryFolder, env: { PATH, ...env }, timeout: 200_000 };
  try {
    const { stdout, stderr } = await promisify(execFile)(program, args, options);
    return { code: 0, lines: linesOf(stdout + stderr) };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { code, lines: linesOf(`${stdout}${stderr}`) };
  }
}

function linesOf(text: string): string[] {
  return text.trimEnd().split("\n");
}

async function notes(pool: Pool): Promise<string> {
  const [row] = await pool.query<{ logs: string }[]>(
    "SELECT logs FROM _prisma_migrations WHERE finished_at IS NULL",
  );
  return row?.logs ?? "";
}

/** Ends the connection that a killed process has left behind, as the server itself does sooner or later. */
async function endConnectionsOf(pool: Pool, name: string): Promise<void> {
  const processes =
    await pool.query<{ Id: number; db: string | null; State: string | null }[]>("SHOW PROCESSLIST");
  const waiting = processes.filter(({ db, State }) => db === name && State?.includes("metadata lock"));
  for (const { Id } of waiting) await pool.query(`KILL ${Id}`);
}

async function indexesOf(pool: Pool, table: string): Promise<string[]> {
  const rows = await pool.query<{ Key_name: string }[]>(`SHOW INDEX FROM \`${table}\``);
  return rows.map(({ Key_name }) => Key_name);
}
