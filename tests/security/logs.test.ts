import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { hashPassword } from "@tocsin/core/auth/hash-password";
import { givenRole, givenUser } from "@tocsin/core/testing/fixtures";
import { createDatabase } from "@tocsin/db/client";
import { migrate } from "@tocsin/db/migrations/migrate";
import { type StartedProcess, startProcess } from "@tocsin/sandbox/testing/start-process";
import { createTestDatabase, type TestDatabase } from "@tocsin/sandbox/testing/test-database";
import { testRedisDatabase, type TestRedisDatabase } from "@tocsin/sandbox/testing/test-redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const email = "ada@example.com";
const password = "canary-password-of-the-test";
const jwtSecret = "canary-secret-of-the-test, 32 bytes or more";
const pusherSecret = "canary-pusher-secret";

let database: TestDatabase;
let redis: TestRedisDatabase;
let api: StartedProcess;
let base: string;

beforeAll(async () => {
  database = await createTestDatabase({ migrate: async (url) => void (await migrate({ url })) });
  redis = await testRedisDatabase();
  const db = createDatabase({ url: database.url, connectionLimit: 2 });
  const id = await givenUser(db, [await givenRole(db, "Admin", ["*"])], email);
  await db.user.update({ where: { id }, data: { passwordHash: await hashPassword(password) } });
  await db.$disconnect();
  const port = await freePort();
  base = `http://127.0.0.1:${port}`;
  api = await startProcess({
    name: "api",
    entry: fileURLToPath(new URL("../../apps/api/src/main.ts", import.meta.url)),
    env: {
      ...{ NODE_ENV: "test", HOST: "127.0.0.1", PORT: String(port), LOG_LEVEL: "debug" },
      ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, JWT_SECRET: jwtSecret },
      ...{ PUSHER_APP_ID: "1", PUSHER_KEY: "key", PUSHER_SECRET: pusherSecret, PUSHER_CLUSTER: "test" },
    },
    isReady: `${base}/ready`,
  });
});

afterAll(async () => {
  await api.stop();
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

async function send(method: string, path: string, body?: object, token?: string) {
  const response = await fetch(base + path, {
    method,
    headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Record<string, string>;
}

describe("the log", () => {
  it("holds no password, token or secret, and no line that a caller wrote", async () => {
    const session = await send("POST", "/api/v1/auth/login", { email, password });
    const { accessToken = "", refreshToken = "" } = session;
    expect(accessToken).not.toBe("");
    await send("POST", "/api/v1/auth/login", { email, password: `${password}-wrong` });
    await send("POST", "/api/v1/auth/login", { email, password: { canary: password } });
    await send("GET", `/api/v1/users/me?token=${refreshToken}`, undefined, accessToken);
    await send("GET", "/api/v1/users/me", undefined, `${accessToken}x`);
    const { refreshToken: second = "" } = await send("POST", "/api/v1/auth/refresh", { refreshToken });
    await send("POST", "/api/v1/auth/refresh", { refreshToken: second });
    await send(
      "PUT",
      "/api/v1/users/me/password",
      { currentPassword: password, newPassword: "x" },
      accessToken,
    );
    const forged = encodeURIComponent('\n{"level":"error","message":"forged"}\n');
    await send("GET", `/api/v1/${forged}`);
    const lines = api.logs().trim().split("\n");
    const logged = lines.map((line) => JSON.parse(line) as { message: string; service: string });
    expect(logged.length).toBeGreaterThan(5);
    expect(logged.every(({ message, service }) => service === "api" && message !== "forged")).toBe(true);
    for (const canary of [password, accessToken, refreshToken, second, jwtSecret, pusherSecret]) {
      expect(api.logs()).not.toContain(canary);
    }
  });
});
