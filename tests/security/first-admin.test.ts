import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { verifyPassword } from "@tocsin/core/auth/hash-password";
import { createDatabase, type Database } from "@tocsin/db/client";
import { createMigratedDatabase } from "@tocsin/db/testing/migrated-database";
import type { TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const seed = fileURLToPath(new URL("../../prisma/seed.ts", import.meta.url));
const email = "root@example.com";
const password = "a lighthouse keeper's umbrella";

let database: TestDatabase;
let db: Database;

beforeAll(async () => {
  database = await createMigratedDatabase();
  db = createDatabase({ url: database.url, connectionLimit: 2 });
});

afterAll(async () => {
  await db.$disconnect();
  await database.drop();
});

/** Runs the seed as a deployment does. */
function runSeed(admin: Readonly<Record<string, string>>): Promise<{ hasFailed: boolean; output: string }> {
  const { PATH = "", HOME = "" } = process.env;
  const env = { PATH, HOME, DATABASE_URL: database.url, SANDBOX: "false", ...admin };
  return new Promise((resolve) => {
    execFile(process.execPath, [seed], { env, timeout: 15_000 }, (error, stdout, stderr) => {
      resolve({ hasFailed: error !== null, output: stdout + stderr });
    });
  });
}

describe("the first admin", () => {
  it.each([
    ["without a password", { TOCSIN_ADMIN_EMAIL: email }],
    ["with a short password", { TOCSIN_ADMIN_EMAIL: email, TOCSIN_ADMIN_PASSWORD: "short" }],
    ["with a common password", { TOCSIN_ADMIN_EMAIL: email, TOCSIN_ADMIN_PASSWORD: "password1234" }],
    ["without an address", { TOCSIN_ADMIN_PASSWORD: password }],
  ])("is not made %s, and the reason names the variable", async (_what, admin) => {
    const { hasFailed, output } = await runSeed(admin);
    expect(hasFailed).toBe(true);
    expect(output).toMatch(/TOCSIN_ADMIN_(?:EMAIL|PASSWORD)/);
    expect(output).not.toContain(password);
    expect(await db.user.count()).toBe(0);
  });

  it("is made once, however often a deployment starts, and keeps what it changed of itself", async () => {
    const first = await runSeed({ TOCSIN_ADMIN_EMAIL: "Root@Example.com", TOCSIN_ADMIN_PASSWORD: password });
    expect([first.hasFailed, first.output.includes(password)]).toEqual([false, false]);
    const again = await runSeed({
      TOCSIN_ADMIN_EMAIL: email,
      TOCSIN_ADMIN_PASSWORD: "seven quiet herons by the weir",
    });
    expect(again.hasFailed).toBe(false);
    const users = await db.user.findMany({ include: { roles: { include: { role: true } }, inbox: true } });
    expect(users).toHaveLength(1);
    expect(users[0]).toMatchObject({
      email,
      status: "active",
      roles: [{ role: { name: "Admin", system: true } }],
    });
    expect(await verifyPassword(password, users[0]?.passwordHash)).toBe(true);
    expect(await db.auditLog.count({ where: { action: "user.created" } })).toBe(1);
  });
});
