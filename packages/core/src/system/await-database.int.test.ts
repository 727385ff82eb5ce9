import { migrate } from "@tocsin/db/migrations/migrate";
import { createPool, type Pool } from "@tocsin/db/pool";
import type { Logger } from "@tocsin/platform/logger";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type AwaitedDatabase, awaitDatabase } from "./await-database.ts";

let database: TestDatabase;
let administrator: Pool;
let account: string;
let pool: Pool;
let awaited: AwaitedDatabase | undefined;
let errors: unknown[];
let warnings: unknown[];

beforeEach(async () => {
  database = await createTestDatabase();
  administrator = createPool({ url: database.url, connectionLimit: 1 });
  account = database.name.replace(/_test$/, "_a");
  [errors, warnings] = [[], []];
});

afterEach(async () => {
  awaited?.stop();
  await pool.close();
  await administrator.query(`DROP USER IF EXISTS '${account}'@'%'`);
  await administrator.close();
  await database.drop();
});

async function givenAccount(password: string, options = ""): Promise<void> {
  await administrator.query(`CREATE USER '${account}'@'%' IDENTIFIED BY '${password}' ${options}`);
  await administrator.query(`GRANT ALL ON \`${database.name}\`.* TO '${account}'@'%'`);
}

/** Waits for the database as this account. */
function wait(password: string, budget = 4): AwaitedDatabase {
  const url = new URL(database.url);
  Object.assign(url, { username: account, password });
  url.searchParams.set("allowPublicKeyRetrieval", "true");
  // What is granted holds for new connections: none is kept longer than a moment here.
  const ages = { connectionAgeMs: 100, acquireTimeout: 500 };
  pool = createPool({ url: url.toString(), connectionLimit: 2, ...ages });
  const log: Logger = {
    ...{ info() {}, debug() {} },
    error: (_message, fields) => void errors.push(fields?.["problems"]),
    warn: (_message, fields) => void warnings.push(fields?.["problem"]),
  };
  awaited = awaitDatabase({ url: url.toString(), pool, budget, log });
  return awaited;
}

describe("a process that waits for its database", () => {
  it("names a wrong password once, without showing it, and goes on when it is right", async () => {
    await migrate({ url: database.url });
    await givenAccount("another-4711");
    const { isUsable, usable } = wait("canary-4711");
    await eventually(() => expect(errors).toEqual([[expect.stringContaining("user or password")]]));
    expect(isUsable()).toBe(false);
    expect(JSON.stringify(errors)).not.toContain("4711");
    await administrator.query(`ALTER USER '${account}'@'%' IDENTIFIED BY 'canary-4711'`);
    await usable;
    expect(isUsable()).toBe(true);
    expect(errors).toHaveLength(1);
  });

  it("says that the database is not migrated, and goes on when it is", async () => {
    await givenAccount("secret-4711");
    const { usable } = wait("secret-4711");
    await eventually(() => expect(errors).toEqual([[expect.stringContaining("npm run db:migrate")]]));
    await migrate({ url: database.url });
    await usable;
  });

  it("says that no connection is left, and goes on when there is one", async () => {
    await migrate({ url: database.url });
    await givenAccount("secret-4711", "WITH MAX_USER_CONNECTIONS 1");
    const { usable } = wait("secret-4711");
    // The one that it opened itself to look is in the way of the pool's.
    await eventually(() =>
      expect(errors).toContainEqual([expect.stringContaining("connections of this user are taken")]),
    );
    await administrator.query(`ALTER USER '${account}'@'%' WITH MAX_USER_CONNECTIONS 3`);
    await usable;
    expect(warnings).toEqual([expect.stringContaining("may have 3 connections and this process wants 4")]);
  });

  it("says what the account may not do", async () => {
    await migrate({ url: database.url });
    await administrator.query(`CREATE USER '${account}'@'%' IDENTIFIED BY 'secret-4711'`);
    await administrator.query(`GRANT SELECT, INSERT ON \`${database.name}\`.* TO '${account}'@'%'`);
    const { usable } = wait("secret-4711");
    await eventually(() => expect(errors).toEqual([[expect.stringContaining("GRANT UPDATE, DELETE ON")]]));
    await administrator.query(`GRANT ALL ON \`${database.name}\`.* TO '${account}'@'%'`);
    await usable;
  });
});
