import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { migrate } from "@tocsin/db/migrations/migrate";
import { runToEnd } from "@tocsin/sandbox/testing/run-to-end";
import { startProcess } from "@tocsin/sandbox/testing/start-process";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { testRedisDatabase, type TestRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("main.ts", import.meta.url));
const canary = "canary-4711";

let database: TestDatabase;
let redis: TestRedisDatabase;
let env: Record<string, string>;

beforeAll(async () => {
  database = await createTestDatabase({ migrate: async (url) => void (await migrate({ url })) });
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
});
