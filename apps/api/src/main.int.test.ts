import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { createMigratedDatabase } from "@tocsin/db/testing/migrated-database";
import { createPool } from "@tocsin/db/pool";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { runToEnd } from "@tocsin/sandbox/testing/run-to-end";
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
let env: Record<string, string>;

beforeAll(async () => {
  database = await createMigratedDatabase();
  redis = await testRedisDatabase();
  env = {
    NODE_ENV: "test",
    HOST: "127.0.0.1",
    PORT: String(await freePort()),
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    JWT_SECRET: "a secret of this test, 32 bytes or more",
    PUSHER_APP_ID: "1",
    PUSHER_KEY: "key",
    PUSHER_SECRET: "secret-of-16-bytes-or-more",
    PUSHER_CLUSTER: "test",
  };
});

afterAll(async () => {
  await redis.release();
  await database.drop();
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Starts the API with an environment that it has to refuse. */
const refusalOf = (some: Readonly<Record<string, string>>) => runToEnd(entry, { ...env, ...some });

describe("the API process", () => {
  it("names every wrong variable, shows no value, and exits with 1", () => {
    const { status, lines } = refusalOf({ JWT_SECRET: canary, PORT: canary, PUSHER_KEY: "" });
    expect(status).toBe(1);
    expect(lines).toHaveLength(4);
    for (const name of ["JWT_SECRET", "PORT", "PUSHER_KEY"]) expect(lines.join("\n")).toContain(name);
    expect(lines.join("\n")).not.toContain(canary);
  });

  it("says in one line that its database URL cannot be used, without the password", () => {
    const { status, lines } = refusalOf({ DATABASE_URL: `mysql://tocsin:${canary}@127.0.0.1:3306/` });
    expect(status).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^DATABASE_URL: /)]);
    expect(lines.join("\n")).not.toContain(canary);
  });

  it("says in one line that its port is taken", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const { status, lines } = refusalOf({ PORT: String(port) });
    expect(status).toBe(1);
    expect(lines).toEqual([`Port ${port} is taken: stop what listens there or set PORT to another one`]);
    await new Promise((resolve) => server.close(resolve));
  });

  it("serves until SIGTERM, then ends with 0, everything closed in order", async () => {
    const base = `http://127.0.0.1:${env["PORT"]}`;
    const api = await startProcess({ name: "api", entry, env, isReady: `${base}/ready` });
    const answer = await fetch(`${base}/api/v1/config/realtime`);
    expect(answer.status).toBe(200);
    await answer.text();
    expect(await api.stop()).toBe(0);
    const messages = api
      .logs()
      .trim()
      .split("\n")
      .map((line) => (JSON.parse(line) as { message: string }).message);
    expect(messages).toEqual(["API is ready", "Stopping", "Stopped"]);
  });

  it(
    "is not ready while its database refuses the password, says why, and is once it does not",
    async () => {
      const account = database.name.replace(/_test$/, "_p");
      const administrator = createPool({ url: database.url, connectionLimit: 1 });
      await administrator.query(`CREATE USER '${account}'@'%' IDENTIFIED BY 'another'`);
      await administrator.query(`GRANT ALL ON \`${database.name}\`.* TO '${account}'@'%'`);
      const url = new URL(database.url);
      Object.assign(url, { username: account, password: canary });
      url.searchParams.set("allowPublicKeyRetrieval", "true");
      const base = `http://127.0.0.1:${env["PORT"]}`;
      const api = await startProcess({
        name: "api",
        entry,
        env: { ...env, DATABASE_URL: url.toString() },
        isReady: `${base}/health`,
        timeoutMs: patience,
      });
      try {
        await eventually(() => expect(api.logs()).toContain("refuses this user or password"));
        const answer = await fetch(`${base}/ready`);
        expect([answer.status, await answer.json()]).toEqual([
          503,
          expect.objectContaining({
            status: "not_ready",
            checks: expect.objectContaining({ mysql: "failed" }),
          }),
        ]);
        expect(api.logs()).not.toContain("API is ready");
        await administrator.query(`ALTER USER '${account}'@'%' IDENTIFIED BY '${canary}'`);
        await eventually(async () => expect((await fetch(`${base}/ready`)).status).toBe(200));
        expect(api.logs()).toContain("API is ready");
        expect(api.logs()).not.toContain(canary);
      } finally {
        await api.stop();
        await administrator.query(`DROP USER '${account}'@'%'`);
        await administrator.close();
      }
    },
    patience,
  );
});
