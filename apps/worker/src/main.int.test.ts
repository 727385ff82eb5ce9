import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { migrate } from "@tocsin/db/migrations/migrate";
import { type EndedProgram, runToEnd } from "@tocsin/sandbox/testing/run-to-end";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { testRedisDatabase, type TestRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("main.ts", import.meta.url));
const canary = "canary-4711";

let database: TestDatabase;
let redis: TestRedisDatabase;

beforeAll(async () => {
  database = await createTestDatabase({ migrate: async (url) => void (await migrate({ url })) });
  redis = await testRedisDatabase();
});

afterAll(async () => {
  await redis.release();
  await database.drop();
});

/** Starts the worker with an environment that it has to refuse. */
function refusalOf(some: Readonly<Record<string, string>>): EndedProgram {
  return runToEnd(entry, {
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
  });
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
});
