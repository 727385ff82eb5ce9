import { createRedis } from "@tocsin/platform/redis";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../app.ts";
import { createApiMetrics } from "../metrics/api-metrics.ts";
import { recordingLog } from "../testing/stub-services.ts";
import { createTestApp, testEnv, type TestApp, type TestUser } from "../testing/test-app.ts";

let testApp: TestApp;
let user: TestUser;

beforeAll(async () => {
  testApp = await createTestApp();
  user = await testApp.login("Operator");
});

afterAll(async () => {
  away.disconnect();
  await testApp.close();
});

/** One process of the API, as it would be beside others. */
function startProcess(env: Readonly<Record<string, string>>, services = testApp.services) {
  return createApp({ env: testEnv(env), services, isStopping: () => false });
}

const away = createRedis({ url: "redis://127.0.0.1:1", role: "request", log: recordingLog().log });

function withoutRedis() {
  return { ...testApp.services, redis: away };
}

const logIn = (app: ReturnType<typeof startProcess>, address = "203.0.113.1") =>
  request(app).post("/api/v1/auth/login").set("X-Forwarded-For", address).send({});

const whoAmI = (app: ReturnType<typeof startProcess>) =>
  request(app).get("/api/v1/users/me").set("Authorization", `Bearer ${user.accessToken}`);

describe("rate limits", () => {
  it("are one for all processes, at the limit and one above", async () => {
    await testApp.services.redis.flushdb();
    const env = { AUTH_RATE_LIMIT_PER_MINUTE: "2" };
    const [one, other] = [startProcess(env), startProcess(env)];
    expect([(await logIn(one)).status, (await logIn(other)).status]).toEqual([400, 400]);
    const refused = await logIn(other);
    expect(refused.body).toMatchObject({ status: 429, code: "TOO_MANY_REQUESTS" });
    expect(Number(refused.headers["retry-after"])).toBeGreaterThan(0);
    expect(refused.headers["ratelimit"]).toMatch(/^"auth"; r=0; t=\d+$/);
    expect(refused.headers["ratelimit-policy"]).toMatch(/^"auth"; q=2; w=60/);
  });

  it("are not escaped by claiming other addresses", async () => {
    await testApp.services.redis.flushdb();
    const app = startProcess({ AUTH_RATE_LIMIT_PER_MINUTE: "1" });
    expect([(await logIn(app, "203.0.113.1")).status, (await logIn(app, "203.0.113.2")).status]).toEqual([
      400, 429,
    ]);
  });

  it("count the address that a trusted proxy names, and its word alone", async () => {
    await testApp.services.redis.flushdb();
    const app = startProcess({ AUTH_RATE_LIMIT_PER_MINUTE: "1", TRUST_PROXY: "1" });
    expect((await logIn(app, "203.0.113.1")).status).toBe(400);
    expect((await logIn(app, "203.0.113.2")).status).toBe(400);
    // The proxy adds its own word behind what the client claims.
    expect((await logIn(app, "198.51.100.9, 203.0.113.2")).status).toBe(429);
  });

  it.each([
    ["0", 1, 2],
    ["1", 0, 0],
  ])(
    "are told to share one address behind a proxy nobody trusts: TRUST_PROXY=%s",
    async (trusted, warnings, seen) => {
      const { log, lines } = recordingLog();
      const metrics = createApiMetrics(testApp.services.pool);
      const services = { ...testApp.services, log };
      const env = testEnv({ TRUST_PROXY: trusted });
      const app = createApp({ env, services, metrics, isStopping: () => false });
      await request(app).get("/health");
      for (const address of ["203.0.113.1", "203.0.113.2"]) {
        await request(app).get("/health").set("X-Forwarded-For", address);
      }
      const told = lines.filter(({ message }) => message.includes("TRUST_PROXY"));
      expect(told.map(({ level }) => level)).toEqual(Array.from({ length: warnings }, () => "warn"));
      const { values } = await metrics.unknownProxies.get();
      expect(values[0]?.value).toBe(seen);
    },
  );

  it("count an IPv6 network as one", async () => {
    await testApp.services.redis.flushdb();
    const app = startProcess({ AUTH_RATE_LIMIT_PER_MINUTE: "1", TRUST_PROXY: "1" });
    expect((await logIn(app, "2001:db8:1:2::1")).status).toBe(400);
    expect((await logIn(app, "2001:db8:1:2:ffff::2")).status).toBe(429);
    expect((await logIn(app, "2001:db8:1:3::1")).status).toBe(400);
  });
});

describe("while Redis is away", () => {
  it("nobody logs in, over REST or tRPC", async () => {
    const app = startProcess({}, withoutRedis());
    const answer = await logIn(app);
    expect(answer.body).toMatchObject({ status: 503, code: "UNAVAILABLE" });
    expect(answer.headers["retry-after"]).toBe("5");
    expect((await request(app).post("/trpc/auth.login").send({})).status).toBe(503);
  });

  it("each process counts other requests by itself", async () => {
    const app = startProcess({ RATE_LIMIT_PER_MINUTE: "2" }, withoutRedis());
    const answers = [await whoAmI(app), await whoAmI(app), await whoAmI(app)];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
  });

  it("counting in Redis goes on once it is back, also where it was away at the start", async () => {
    const { redis } = testApp.services;
    await redis.flushdb();
    let isAway = true;
    const call = (command: string, ...values: string[]) =>
      isAway ? Promise.reject(new Error("Away")) : redis.call(command, ...values);
    const services = { ...testApp.services, redis: { call } as unknown as typeof redis };
    const app = startProcess({ AUTH_RATE_LIMIT_PER_MINUTE: "1" }, services);
    expect((await logIn(app)).status).toBe(503);
    isAway = false;
    await expect.poll(async () => (await logIn(app)).status, { timeout: 5000 }).toBe(400);
    expect((await logIn(app)).status).toBe(429);
  });
});
