import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createMigratedDatabase } from "@tocsin/db/testing/migrated-database";
import { createPool } from "@tocsin/db/pool";
import { freePort } from "@tocsin/sandbox/engines/free-port";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { type EndedProgram, runToEnd } from "@tocsin/sandbox/testing/run-to-end";
import { startProcess } from "@tocsin/sandbox/testing/start-process";
import type { TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { testRedisDatabase, type TestRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("main.ts", import.meta.url));
const canary = "canary-4711";

/** A process is started: on a busy machine that takes a while. Milliseconds. */
const patience = 60_000;

let database: TestDatabase;
let redis: TestRedisDatabase;

beforeAll(async () => {
  database = await createMigratedDatabase();
  redis = await testRedisDatabase();
});

afterAll(async () => {
  await redis.release();
  await database.drop();
});

/** Starts the worker with an environment that it has to refuse. */
function refusalOf(some: Readonly<Record<string, string>>): EndedProgram {
  return runToEnd(entry, environment(some));
}

function environment(some: Readonly<Record<string, string>>): Record<string, string> {
  return {
    NODE_ENV: "test",
    HOST: "127.0.0.1",
    LOG_LEVEL: "warn",
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    PUSHER_APP_ID: "1",
    PUSHER_KEY: "key",
    PUSHER_SECRET: "secret-of-16-bytes-or-more",
    PUSHER_CLUSTER: "test",
    ...some,
  };
}

describe("the worker process", () => {
  it("names every wrong variable, shows no value, and exits with 1", () => {
    const { status, lines } = refusalOf({ WORKER_HEALTH_PORT: canary, PUSHER_KEY: "" });
    expect(status).toBe(1);
    expect(lines).toHaveLength(3);
    for (const name of ["WORKER_HEALTH_PORT", "PUSHER_KEY"]) expect(lines.join("\n")).toContain(name);
    expect(lines.join("\n")).not.toContain(canary);
  });

  it("says in one line that its database URL cannot be used, without the password", () => {
    const { status, lines } = refusalOf({ DATABASE_URL: `mysql://tocsin:${canary}@127.0.0.1:3306/` });
    expect(status).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^DATABASE_URL: /)]);
    expect(lines.join("\n")).not.toContain(canary);
  });

  it("says in one line that its port is taken, and which variable sets it", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { status, lines } = refusalOf({ WORKER_HEALTH_PORT: String(port) });
    expect(status).toBe(1);
    expect(lines).toEqual([
      `Port ${port} is taken: stop what listens there or set WORKER_HEALTH_PORT to another one`,
    ]);
    await new Promise((resolve) => server.close(resolve));
  });

  it(
    "waits for a database that has no connection left, says so, and begins when it has",
    async () => {
      const account = database.name.replace(/_test$/, "_w");
      const administrator = createPool({ url: database.url, connectionLimit: 2 });
      await administrator.query(
        `CREATE USER '${account}'@'%' IDENTIFIED BY '${canary}' WITH MAX_USER_CONNECTIONS 1`,
      );
      await administrator.query(`GRANT ALL ON \`${database.name}\`.* TO '${account}'@'%'`);
      const url = new URL(database.url);
      Object.assign(url, { username: account, password: canary });
      url.searchParams.set("allowPublicKeyRetrieval", "true");
      const port = String(await freePort());
      const base = `http://127.0.0.1:${port}`;
      const worker = await startProcess({
        name: "worker",
        entry,
        env: environment({ DATABASE_URL: url.toString(), WORKER_HEALTH_PORT: port, LOG_LEVEL: "info" }),
        isReady: `${base}/health`,
        timeoutMs: patience,
      });
      try {
        await eventually(() => expect(worker.logs()).toContain("all connections of this user are taken"));
        expect((await fetch(`${base}/ready`)).status).toBe(503);
        expect(worker.logs()).not.toContain("Worker is ready");
        await administrator.query(`ALTER USER '${account}'@'%' WITH MAX_USER_CONNECTIONS 50`);
        await eventually(async () => expect((await fetch(`${base}/ready`)).status).toBe(200));
        expect(worker.logs()).toContain("Worker is ready");
        expect(worker.logs()).not.toContain(canary);
        expect(await worker.stop()).toBe(0);
      } finally {
        await worker.stop();
        await administrator.query(`DROP USER '${account}'@'%'`);
        await administrator.close();
      }
    },
    patience,
  );

  it(
    "waits for Redis, says so, and ends with 0 when it is told to stop meanwhile",
    async () => {
      const port = String(await freePort());
      const worker = await startProcess({
        name: "worker",
        entry,
        env: environment({ REDIS_URL: "redis://127.0.0.1:1", WORKER_HEALTH_PORT: port }),
        isReady: `http://127.0.0.1:${port}/health`,
        timeoutMs: patience,
      });
      await eventually(() => expect(worker.logs()).toContain("Redis cannot be reached"));
      expect((await fetch(`http://127.0.0.1:${port}/ready`)).status).toBe(503);
      expect(await worker.stop()).toBe(0);
    },
    patience,
  );
});
