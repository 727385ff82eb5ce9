import { fileURLToPath } from "node:url";
import { createMigratedDatabase } from "@tocsin/db/testing/migrated-database";
import { runToEnd } from "@tocsin/sandbox/testing/run-to-end";
import type { TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { testRedisDatabase, type TestRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const entry = fileURLToPath(new URL("redis-rebuild.ts", import.meta.url));

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

const runCommand = (env: Readonly<Record<string, string>>) => runToEnd(entry, env);

describe("npm run redis:rebuild", () => {
  it("says first on what it works, without a password", () => {
    const { status, lines } = runCommand({ DATABASE_URL: database.url, REDIS_URL: redis.url });
    const [mysqlUrl, redisUrl] = [new URL(database.url), new URL(redis.url)];
    expect(lines.slice(0, 3)).toEqual([
      `▸ from MySQL ${mysqlUrl.hostname}:${mysqlUrl.port}/${database.name}`,
      `▸ to Redis ${redisUrl.hostname}:${redisUrl.port}${redisUrl.pathname}`,
      "✓ stream, consumer group and bucket checks",
    ]);
    expect(status).toBe(0);
    expect(mysqlUrl.password).not.toBe("");
    expect(lines.join("\n")).not.toContain(mysqlUrl.password);
  });

  it("refuses to put one system's work into another one's Redis, in one line", () => {
    const { status, lines } = runCommand({ DATABASE_URL: database.url });
    expect(status).toBe(1);
    expect(lines).toEqual([expect.stringMatching(/^✗ DATABASE_URL is set and REDIS_URL is not/)]);
  });
});
