import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDatabase, type Database } from "@tocsin/db/client";
import { newId } from "@tocsin/db/ids";
import { migrate } from "@tocsin/db/migrations/migrate";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";

const seed = fileURLToPath(new URL("../../prisma/seed.ts", import.meta.url));

/** Each test starts programs: on a busy machine that takes a while. */
const processTimeoutMs = 120_000;

let database: TestDatabase;
let db: Database;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "tocsin-demo-data-"));
  database = await createTestDatabase({ migrate: async (url) => void (await migrate({ url })) });
  db = createDatabase({ url: database.url, connectionLimit: 2 });
}, processTimeoutMs);

afterEach(async () => {
  await db.rule.deleteMany();
  await db.user.deleteMany();
  await db.role.deleteMany();
});

afterAll(async () => {
  await db.$disconnect();
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** Runs the seed as for a database that is not this clone's own: SANDBOX=false says so of the tests' one. */
function runSeed(
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Promise<{ hasFailed: boolean; output: string }> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, DATABASE_URL: database.url, SANDBOX: "false", ...extra };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [seed, ...args],
      { env, timeout: processTimeoutMs },
      (error, stdout, stderr) => {
        resolve({ hasFailed: error !== null, output: stdout + stderr });
      },
    );
  });
}

async function contentOf() {
  const users = await db.user.findMany({ orderBy: { email: "asc" } });
  const rules = await db.rule.findMany({ orderBy: { name: "asc" } });
  return { users, rules };
}

function addUser(email: string): Promise<unknown> {
  return db.user.create({ data: { id: newId(), email, passwordHash: "-", status: "active" } });
}

describe("a database of somebody's own", { timeout: 2 * processTimeoutMs }, () => {
  it("gets no demo account unless it is asked for, and no admin is claimed where there is none", async () => {
    const resultFile = join(folder, "result.json");
    const { hasFailed } = await runSeed([], { TOCSIN_SEED_RESULT: resultFile });
    expect(hasFailed).toBe(false);
    expect(await db.user.count()).toBe(0);
    expect(await db.role.count()).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(resultFile, "utf8"))).toEqual({ accounts: [], hasAdmin: false });
  });

  it("gets demo data that is asked for, is told before which, and the second time nothing changes", async () => {
    const resultFile = join(folder, "result.json");
    const first = await runSeed(["--demo-data"], { TOCSIN_SEED_RESULT: resultFile });
    expect(first.hasFailed).toBe(false);
    expect(first.output.split("\n")[0]).toMatch(/^▸ Adding admin@tocsin\.local, .* and 5 rules/);
    expect(JSON.parse(readFileSync(resultFile, "utf8"))).toMatchObject({ hasAdmin: true });
    const content = await contentOf();
    expect([content.users.length, content.rules.length]).toEqual([4, 5]);

    const second = await runSeed(["--demo-data"]);
    expect([second.hasFailed, second.output.trim()]).toEqual([
      false,
      "▸ The demo data is there already and stays as it is.",
    ]);
    expect(await contentOf()).toEqual(content);
  });

  it("keeps what was changed of the demo data, also when others have joined since", async () => {
    await runSeed(["--demo-data"]);
    await db.user.update({ where: { email: "admin@tocsin.local" }, data: { passwordHash: "changed" } });
    await addUser("colleague@example.com");
    const content = await contentOf();
    expect((await runSeed(["--demo-data"])).hasFailed).toBe(false);
    expect(await contentOf()).toEqual(content);
  });

  it("gets none where others use it, and nothing else either", async () => {
    await addUser("colleague@example.com");
    const { hasFailed, output } = await runSeed(["--demo-data"]);
    expect(hasFailed).toBe(true);
    expect(output.trim()).toMatch(/^✗ The database is in use: it holds 1 user and 0 rules .*$/);
    expect(await db.user.count()).toBe(1);
    expect(await db.role.count()).toBe(0);
  });

  it("may have its first admin and the demo data at once", async () => {
    const passwordFile = join(folder, "password");
    writeFileSync(passwordFile, "a lighthouse keeper's umbrella\n");
    const admin = { TOCSIN_ADMIN_EMAIL: "root@example.com", TOCSIN_ADMIN_PASSWORD_FILE: passwordFile };
    expect((await runSeed([], admin)).hasFailed).toBe(false);
    expect(await db.user.count()).toBe(1);
    expect((await runSeed(["--demo-data"], admin)).hasFailed).toBe(false);
    expect(await db.user.count()).toBe(5);
  });

  it("gets none in production, whatever is asked for", async () => {
    const { hasFailed, output } = await runSeed(["--demo-data"], { NODE_ENV: "production" });
    expect([hasFailed, output.trim()]).toEqual([true, "✗ --demo-data is refused with NODE_ENV=production."]);
    expect(await db.user.count()).toBe(0);
  });
});
