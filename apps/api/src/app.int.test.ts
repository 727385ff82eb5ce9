import { createHmac, createSecretKey, randomBytes } from "node:crypto";
import { signAccessToken } from "@tocsin/core/auth/tokens";
import { createDatabase } from "@tocsin/db/client";
import { createPool } from "@tocsin/db/pool";
import { newId } from "@tocsin/db/ids";
import type { Express } from "express";
import superjson from "superjson";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "./app.ts";
import { recordingLog } from "./testing/stub-services.ts";
import { createTestApp, testEnv, type TestApp, type TestUser } from "./testing/test-app.ts";

let testApp: TestApp;
let app: Express;
let admin: TestUser;

beforeAll(async () => {
  testApp = await createTestApp({ CORS_ORIGINS: "https://admin.example.com, http://localhost:5173" });
  app = testApp.app;
  admin = await testApp.login("Admin");
});

afterAll(() => testApp.close());

function whoAmI(token: string) {
  return request(app).get("/api/v1/users/me").set("Authorization", `Bearer ${token}`);
}

function sendEvent(body: string) {
  return request(app)
    .post("/api/v1/events")
    .set("Authorization", `Bearer ${admin.accessToken}`)
    .set("Content-Type", "application/json")
    .send(body);
}

function base64url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

describe("access tokens", () => {
  it("let their user in", async () => {
    expect((await whoAmI(admin.accessToken)).body).toMatchObject({ id: admin.id, permissions: ["*"] });
  });

  const header = { alg: "HS256", typ: "at+jwt", kid: "test" };
  const claims = () => ({
    sub: admin.id,
    sid: newId(),
    sv: 0,
    iss: "tocsin",
    aud: "tocsin-api",
    exp: Math.floor(Date.now() / 1000) + 600,
  });
  const ownSignature = (token: string) => createHmac("sha256", "guessed").update(token).digest("base64url");
  const forged = (change: { header?: object; claims?: object }) => {
    const token = `${base64url({ ...header, ...change.header })}.${base64url({ ...claims(), ...change.claims })}`;
    return `${token}.${ownSignature(token)}`;
  };

  it.each<[string, () => string]>([
    ["nothing", () => ""],
    ["nonsense", () => "nonsense"],
    ["a key of one's own", () => forged({})],
    ["alg none, unsigned", () => `${base64url({ ...header, alg: "none" })}.${base64url(claims())}.`],
    ["alg none, in other letters", () => forged({ header: { alg: "nOnE" } })],
    ["another algorithm", () => forged({ header: { alg: "HS512" } })],
    ["an RSA algorithm", () => forged({ header: { alg: "RS256" } })],
    ["an unknown key", () => forged({ header: { kid: "../../dev/null" } })],
    ["a key of its own within", () => forged({ header: { jwk: { kty: "oct", k: "Z3Vlc3NlZA" } } })],
    ["a key to be fetched", () => forged({ header: { jku: "https://keys.example.com/jwks.json" } })],
    ["a refresh token", () => admin.refreshToken],
    [
      "the signature of another token",
      () => `${base64url(header)}.${base64url(claims())}.${admin.accessToken.split(".")[2]}`,
    ],
    ["one letter more", () => `${admin.accessToken}x`],
  ])("are refused: %s", async (_name, makeToken) => {
    const answer = await whoAmI(makeToken());
    expect(answer.body).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  });

  it.each([["after their time", { accessTokenSeconds: -1 }]])("are refused %s", async (_name, settings) => {
    const { services } = testApp;
    const [, payload = ""] = admin.accessToken.split(".");
    const { sid, sv } = JSON.parse(Buffer.from(payload, "base64url").toString()) as {
      sid: string;
      sv: number;
    };
    const token = signAccessToken(
      { ...services, settings: { ...services.settings, ...settings } },
      { userId: admin.id, sessionId: sid, sessionVersion: sv },
    );
    expect((await whoAmI(token)).body).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  });

  it("are refused when another installation signed them with a key of the same name", async () => {
    const { services } = testApp;
    const signingKeys = [{ id: "test", key: createSecretKey(randomBytes(32)) }];
    const token = signAccessToken(
      { ...services, signingKeys },
      { userId: admin.id, sessionId: newId(), sessionVersion: 0 },
    );
    expect((await whoAmI(token)).status).toBe(401);
  });

  it("stop working with the logout of their session, and only those", async () => {
    const user = await testApp.login("Operator");
    const answer = await request(app).post("/api/v1/auth/logout").send({ refreshToken: user.refreshToken });
    expect(answer.body).toEqual({ ok: true });
    expect((await whoAmI(user.accessToken)).status).toBe(401);
    expect((await whoAmI(admin.accessToken)).status).toBe(200);
  });

  it("stop working when their user is disabled", async () => {
    const user = await testApp.login("Operator");
    expect((await whoAmI(user.accessToken)).status).toBe(200);
    await request(app)
      .post(`/api/v1/users/${user.id}/disable`)
      .set("Authorization", `Bearer ${admin.accessToken}`)
      .expect(200);
    expect((await whoAmI(user.accessToken)).body).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
  });

  it.each(["Basic YTpi", "Bearer", "Bearer a b", "bearer\t"])(
    "are not read from %j",
    async (authorization) => {
      const answer = await request(app).get("/api/v1/users/me").set("Authorization", authorization);
      expect(answer.status).toBe(401);
    },
  );
});

describe("POST /api/v1/events", () => {
  it("is 202 with the event and where to see it, once it is stored", async () => {
    const answer = await sendEvent(
      JSON.stringify({ type: "transfer.failed", source: "payments", payload: { amount: 1 } }),
    );
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ id: expect.any(String), status: "received", duplicate: false });
    expect(answer.headers["location"]).toBe(`/api/v1/events/${answer.body.id}`);
    const seen = await request(app)
      .get(answer.headers["location"] ?? "")
      .set("Authorization", `Bearer ${admin.accessToken}`);
    expect(seen.body).toMatchObject({ id: answer.body.id, payload: { amount: 1 }, status: "received" });
  });

  it("answers the same key with the same event, and another body with 422", async () => {
    const send = (amount: number) =>
      sendEvent(JSON.stringify({ type: "a", source: "keys", payload: { amount } })).set(
        "Idempotency-Key",
        "key-1",
      );
    const [first, second, other] = [await send(1), await send(1), await send(2)];
    expect(second.body).toEqual({ ...first.body, duplicate: true });
    expect(other.body).toMatchObject({ status: 422, code: "IDEMPOTENCY_KEY_REUSED" });
  });

  it("takes 512 kB and refuses a byte more with 413", async () => {
    const limit = 512 * 1024;
    const bodyOf = (size: number) => {
      const frame = JSON.stringify({ type: "a", source: "b", payload: { text: "" } });
      return frame.replace('""', `"${"a".repeat(size - frame.length)}"`);
    };
    expect((await sendEvent(bodyOf(limit))).status).toBe(202);
    expect((await sendEvent(bodyOf(limit + 1))).body).toMatchObject({
      status: 413,
      code: "PAYLOAD_TOO_LARGE",
    });
  });

  it("takes 32 levels, stores them, and refuses one more", async () => {
    const bodyOf = (depth: number) =>
      `{"type":"a","source":"b","payload":${'{"a":'.repeat(depth - 1)}1${"}".repeat(depth - 1)}}`;
    const deepest = await sendEvent(bodyOf(32));
    expect(deepest.status).toBe(202);
    expect((await sendEvent(bodyOf(33))).body).toMatchObject({ status: 400, code: "VALIDATION_FAILED" });
  });

  it("keeps text of scripts and SQL as the data that it is", async () => {
    const payload = { note: `<script>alert(1)</script>'"; DROP TABLE Event; -- \u{1F514}` };
    const { body } = await sendEvent(JSON.stringify({ type: "a", source: "b", payload }));
    const seen = await request(app)
      .get(`/api/v1/events/${body.id}`)
      .set("Authorization", `Bearer ${admin.accessToken}`);
    expect(seen.body.payload).toEqual(payload);
    expect(seen.headers).toMatchObject({ "x-content-type-options": "nosniff" });
    expect(seen.type).toBe("application/json");
  });
});

describe("POST /api/v1/rules", () => {
  it("says line, column and what was expected of a condition that does not parse", async () => {
    const answer = await request(app)
      .post("/api/v1/rules")
      .set("Authorization", `Bearer ${admin.accessToken}`)
      .send({ name: "Broken", condition: 'event.type ==\n  && "a"', targetRoles: ["Operator"] });
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({
      code: "INVALID_CONDITION",
      errors: [{ pointer: "/condition", line: 2, column: 3, expected: expect.any(Array) }],
    });
    expect(await testApp.services.db.rule.count()).toBe(0);
  });
});

describe("every answer", () => {
  it("carries the caller's request id if it is one, else a new one", async () => {
    const own = await request(app).get("/health").set("X-Request-Id", "abc-12345");
    const forged = await request(app).get("/health").set("X-Request-Id", "a b\tc");
    expect(own.headers["x-request-id"]).toBe("abc-12345");
    expect(forged.headers["x-request-id"]).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("is kept by nobody, is no page, and does not tell what serves it", async () => {
    const { headers } = await whoAmI(admin.accessToken);
    expect(headers).toMatchObject({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
    expect(headers["x-powered-by"]).toBeUndefined();
  });

  it("tells how many requests are left", async () => {
    const { headers } = await whoAmI(admin.accessToken);
    expect(headers["ratelimit"]).toMatch(/^"api"; r=\d+; t=\d+$/);
  });
});

describe("CORS", () => {
  const originOf = async (origin: string) =>
    (await request(app).get("/api/v1/config/realtime").set("Origin", origin)).headers[
      "access-control-allow-origin"
    ];

  it("lets the listed origins in and no other", async () => {
    expect(await originOf("https://admin.example.com")).toBe("https://admin.example.com");
    expect(await originOf("http://localhost:5173")).toBe("http://localhost:5173");
    for (const origin of [
      "null",
      "https://admin.example.com.evil.com",
      "http://admin.example.com",
      "https://evil.com",
    ]) {
      expect(await originOf(origin)).toBeUndefined();
    }
  });

  it("answers a preflight, and leaves other OPTIONS to the route", async () => {
    const preflight = await request(app)
      .options("/api/v1/rules")
      .set({ Origin: "https://admin.example.com", "Access-Control-Request-Method": "POST" });
    expect(preflight.status).toBe(204);
    expect(preflight.headers["access-control-allow-methods"]).toContain("POST");
    const plain = await request(app).options("/api/v1/rules");
    expect(plain.headers["allow"]).toBe("GET, HEAD, OPTIONS, POST");
  });
});

describe("health", () => {
  it.each(["/health/", "/HEALTH", "/ready/", "/metrics/"])(
    "is not there in another spelling: %s",
    async (path) => {
      expect((await request(app).get(path)).body).toMatchObject({ status: 404, code: "NOT_FOUND" });
    },
  );

  it("answers, and is ready while MySQL answers", async () => {
    expect((await request(app).get("/health")).body).toEqual({ status: "ok" });
    const ready = await request(app).get("/ready");
    expect([ready.status, ready.body]).toEqual([
      200,
      { status: "ready", checks: { mysql: "ok", redis: "ok" } },
    ]);
  });

  it("is not ready, and closes connections, once the process is stopping", async () => {
    const stopping = createApp({ env: testEnv(), services: testApp.services, isStopping: () => true });
    const answer = await request(stopping).get("/ready");
    expect([answer.status, answer.body.status]).toEqual([503, "not_ready"]);
    expect(answer.headers["connection"]).toBe("close");
  });
});

describe("while 50 people log in at once", () => {
  it("everybody else is answered before they are", { timeout: 60_000 }, async () => {
    const user = await testApp.login("Operator");
    const { email } = await testApp.services.db.user.findUniqueOrThrow({ where: { id: user.id } });
    let answered = 0;
    const logins = Array.from({ length: 50 }, async (_, index) => {
      // Each an account of its own: no limit of attempts is met.
      const body = { email: `${index}-${email}`, password: "not the password" };
      const { status } = await request(app).post("/api/v1/auth/login").send(body);
      answered += 1;
      return status;
    });
    for (let done = 0; done < 20; done += 1) expect((await whoAmI(admin.accessToken)).status).toBe(200);
    expect(answered).toBeLessThan(25);
    expect(new Set(await Promise.all(logins))).toEqual(new Set([401]));
  });
});

describe("while MySQL is away", () => {
  it("requests are 503 with Retry-After, without a word about why", async () => {
    const url = "mysql://nobody:canary@127.0.0.1:1/none";
    const db = createDatabase({ url, connectionLimit: 1, acquireTimeout: 300 });
    const pool = createPool({ url, connectionLimit: 1, acquireTimeout: 300 });
    const { log, lines } = recordingLog();
    const without = createApp({
      env: testEnv(),
      services: { ...testApp.services, db, pool, log },
      isStopping: () => false,
    });
    const [answer, ready] = await Promise.all([
      request(without)
        .post("/api/v1/auth/login")
        .send({ email: "a@example.com", password: "anything at all" }),
      request(without).get("/ready"),
    ]);
    expect(answer.body).toMatchObject({ status: 503, code: "UNAVAILABLE", detail: "Try again in a moment" });
    expect(answer.headers["retry-after"]).toBe("5");
    expect(ready.status).toBe(503);
    expect(lines.some(({ level }) => level === "warn")).toBe(true);
    expect(JSON.stringify(answer.body)).not.toMatch(/canary|127\.0\.0\.1|prisma/i);
    await Promise.all([db.$disconnect(), pool.close()]);
  });
});

describe("the documentation", () => {
  it("is served with local files only", async () => {
    const page = await request(app).get("/docs");
    expect(page.text).toContain("swagger-ui");
    expect(page.text).not.toMatch(/(?:src|href)="https?:/);
    expect((await request(app).get("/docs/assets/swagger-ui-bundle.js")).status).toBe(200);
    expect((await request(app).get("/openapi.json")).body).toMatchObject({ openapi: "3.1.0" });
  });

  it("is not there in production", async () => {
    const env = testEnv({ NODE_ENV: "production" });
    const production = createApp({ env, services: testApp.services, isStopping: () => false });
    expect((await request(production).get("/docs")).status).toBe(404);
    expect((await request(production).get("/openapi.json")).status).toBe(404);
  });
});

describe("rate limits", () => {
  it("count logins over REST and tRPC together, by address, and leave other routes alone", async () => {
    await testApp.services.redis.flushdb();
    const env = testEnv({ AUTH_RATE_LIMIT_PER_MINUTE: "3" });
    const limited = createApp({ env, services: testApp.services, isStopping: () => false });
    const rest = () => request(limited).post("/api/v1/auth/login").send({});
    const trpc = () => request(limited).post("/trpc/auth.login").send({});
    expect([(await rest()).status, (await trpc()).status, (await rest()).status]).toEqual([400, 400, 400]);
    const [overRest, overTrpc] = [await rest(), await trpc()];
    expect(overRest.body).toMatchObject({ status: 429, code: "TOO_MANY_REQUESTS" });
    expect(Number(overRest.headers["retry-after"])).toBeGreaterThan(0);
    expect([overTrpc.status, overTrpc.body.error.json.data.appCode]).toEqual([429, "TOO_MANY_REQUESTS"]);
    // A forged address makes no difference while no proxy is trusted.
    expect((await rest().set("X-Forwarded-For", "10.9.8.7")).status).toBe(429);
    expect((await request(limited).get("/api/v1/config/realtime")).status).toBe(200);
  });
});

describe("tRPC", () => {
  const call = (path: string, input: unknown) =>
    request(app)
      .post(`/trpc/${path}`)
      .set("Authorization", `Bearer ${admin.accessToken}`)
      .send(superjson.serialize(input));

  it("serves the same procedures", async () => {
    const answer = await request(app)
      .get("/trpc/users.me")
      .set("Authorization", `Bearer ${admin.accessToken}`);
    expect(answer.body.result.data.json).toMatchObject({ id: admin.id });
  });

  it("tells code, request id and errors as REST does", async () => {
    const refused = await call("events.send", { type: "a", source: 7, isAdmin: true });
    expect(refused.status).toBe(400);
    expect(refused.body.error.json.data).toMatchObject({
      appCode: "VALIDATION_FAILED",
      requestId: refused.headers["x-request-id"],
      errors: [{ pointer: "/source" }, { pointer: "/isAdmin" }],
    });
    const anonymous = await request(app).get("/trpc/users.me");
    expect([anonymous.status, anonymous.body.error.json.data.appCode]).toEqual([401, "UNAUTHENTICATED"]);
  });

  it.each([
    ["a bigint", { a: 1n }],
    ["a date", { a: new Date(0) }],
    ["a map", { a: new Map([["b", 1]]) }],
  ])("refuses %s in a payload, which JSON cannot hold", async (_name, payload) => {
    const answer = await call("events.send", { type: "a", source: "b", payload });
    expect(answer.body.error.json.data).toMatchObject({
      appCode: "VALIDATION_FAILED",
      errors: [{ pointer: "/payload" }],
    });
  });

  it.each([
    ["malformed JSON", "application/json", "{", 400, "MALFORMED_JSON"],
    ["a name twice", "application/json", '{"json":1,"json":2}', 400, "MALFORMED_JSON"],
    ["__proto__", "application/json", '{"json":{"__proto__":{"a":1}}}', 400, "VALIDATION_FAILED"],
    ["deep nesting", "application/json", "[".repeat(50_000), 400, "VALIDATION_FAILED"],
    ["a form", "application/x-www-form-urlencoded", "a=1", 415, "UNSUPPORTED_MEDIA_TYPE"],
    ["a large body", "application/json", `"${"a".repeat(600_000)}"`, 413, "PAYLOAD_TOO_LARGE"],
  ])("refuses %s in its own form", async (_name, type, body, status, code) => {
    const answer = await request(app)
      .post("/trpc/events.send")
      .set("Authorization", `Bearer ${admin.accessToken}`)
      .set("Content-Type", type)
      .send(body);
    expect([answer.status, answer.body.error.json.data.appCode]).toEqual([status, code]);
  });

  it("takes a payload of 31 levels, stores it, and refuses one more", async () => {
    const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });
    const deepest = await call("events.send", { type: "a", source: "b", payload: nested(31) });
    const deeper = await call("events.send", { type: "a", source: "b", payload: nested(32) });
    expect([deepest.status, deeper.status]).toEqual([200, 400]);
  });

  it("knows no other path", async () => {
    const answer = await request(app).get("/trpc/users.secret");
    expect([answer.status, answer.body.error.json.data.appCode]).toEqual([404, "NOT_FOUND"]);
    expect(JSON.stringify(answer.body)).not.toContain("stack");
  });
});
