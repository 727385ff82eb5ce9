import { newId } from "@tocsin/db/ids";
import { claimAnswer } from "@tocsin/core/idempotency/claim-answer";
import { createRedis } from "@tocsin/platform/redis";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../app.ts";
import { createTestApp, testEnv, type TestApp, type TestUser } from "../testing/test-app.ts";

let testApp: TestApp;
let admin: TestUser;

beforeAll(async () => {
  testApp = await createTestApp();
  admin = await testApp.login("Admin");
});

afterAll(() => testApp.close());

function createRole(name: string, key: string, by = admin, app = testApp.app) {
  return request(app)
    .post("/api/v1/roles")
    .set("Authorization", `Bearer ${by.accessToken}`)
    .set("Idempotency-Key", key)
    .send({ name, permissions: [], description: "" });
}

const countRoles = (name: string) => testApp.services.db.role.count({ where: { name } });

describe("a POST with an Idempotency-Key", () => {
  it("is made once: sent again it is given the same answer", async () => {
    const [first, second] = [await createRole("Once", "key-1"), await createRole("Once", "key-1")];
    expect([first.status, second.status]).toEqual([201, 201]);
    expect(second.body).toEqual(first.body);
    expect(second.headers["location"]).toBe(first.headers["location"]);
    expect([first.headers["idempotent-replayed"], second.headers["idempotent-replayed"]]).toEqual([
      undefined,
      "true",
    ]);
    expect(await testApp.services.db.auditLog.count({ where: { action: "role.created" } })).toBe(1);
  });

  it("is made once of twenty at the same time; the others are told to wait or given the answer", async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => createRole("Crowd", "key-crowd")));
    const codes = answers.map(({ status, body }) => (status === 201 ? 201 : (body.code as string)));
    expect(codes.every((code) => code === 201 || code === "IDEMPOTENCY_KEY_IN_USE")).toBe(true);
    expect(codes).toContain(201);
    expect(await countRoles("Crowd")).toBe(1);
  });

  it("is refused with another body", async () => {
    await createRole("Mine", "key-2");
    expect((await createRole("Other", "key-2")).body).toMatchObject({
      status: 422,
      code: "IDEMPOTENCY_KEY_REUSED",
    });
    expect(await countRoles("Other")).toBe(0);
  });

  it("is another request with the same key of another caller, or on another route", async () => {
    const other = await testApp.login("Admin");
    await createRole("Shared", "key-3");
    const answer = await createRole("Shared", "key-3", other);
    expect(answer.body).toMatchObject({ status: 409, code: "ROLE_NAME_TAKEN" });
    expect(answer.headers["idempotent-replayed"]).toBeUndefined();
    const elsewhere = await request(testApp.app)
      .post(`/api/v1/users/${newId()}/approve`)
      .set("Authorization", `Bearer ${admin.accessToken}`)
      .set("Idempotency-Key", "key-3")
      .send({ roles: ["Operator"] });
    expect(elsewhere.body).toMatchObject({ code: "USER_NOT_FOUND" });
  });

  it("that failed may be sent again with the same key", async () => {
    await createRole("Taken", "key-4");
    const failed = await createRole("Taken", "key-5");
    expect(failed.status).toBe(409);
    await testApp.services.db.role.deleteMany({ where: { name: "Taken" } });
    expect((await createRole("Taken", "key-5")).status).toBe(201);
  });

  it("gives no answer to a caller who lost the permission meanwhile", async () => {
    const some = await testApp.login("Admin");
    expect((await createRole("Lost", "key-6", some)).status).toBe(201);
    await request(testApp.app)
      .put(`/api/v1/users/${some.id}/roles`)
      .set("Authorization", `Bearer ${admin.accessToken}`)
      .send({ roles: ["Operator"] })
      .expect(200);
    expect((await createRole("Lost", "key-6", some)).body).toMatchObject({ code: "UNAUTHORIZED_ROLE" });
  });

  it.each([
    ["a", 201],
    ["b".repeat(255), 201],
    ["c".repeat(256), 400],
    ["d e", 400],
  ])("takes 1 to 255 printable characters as a key", async (key, status) => {
    expect((await createRole(newId(), key)).status).toBe(status);
  });

  it("never leaves a secret in Redis", async () => {
    const user = await testApp.login("Operator");
    const ask = () =>
      request(testApp.app)
        .post(`/api/v1/users/${user.id}/password-reset`)
        .set("Authorization", `Bearer ${admin.accessToken}`)
        .set("Idempotency-Key", "key-secret");
    const [first, second] = [await ask(), await ask()];
    expect(first.status).toBe(201);
    expect(second.body.token).not.toBe(first.body.token);
    const { redis } = testApp.services;
    const kept = await redis.mget(await redis.keys("idempotency:*"));
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.join()).not.toContain(first.body.token);
  });

  it("is refused while Redis is away, and one without a key is not", async () => {
    const { log } = testApp.services;
    const redis = createRedis({ url: "redis://127.0.0.1:1", role: "request", log });
    const services = { ...testApp.services, redis };
    const without = createApp({ env: testEnv(), services, isStopping: () => false });
    expect((await createRole("Away", "key-7", admin, without)).body).toMatchObject({
      status: 503,
      code: "UNAVAILABLE",
    });
    expect(await countRoles("Away")).toBe(0);
    const plain = request(without).post("/api/v1/roles").set("Authorization", `Bearer ${admin.accessToken}`);
    expect((await plain.send({ name: "Away", permissions: [], description: "" })).status).toBe(201);
    redis.disconnect();
  });
});

describe("a POST with an Idempotency-Key that broke off", () => {
  /** The API, with a database whose transactions end so. */
  function appWith(end: (transaction: () => Promise<unknown>) => Promise<unknown>) {
    const { db } = testApp.services;
    const transaction = db.$transaction.bind(db) as (...some: unknown[]) => Promise<unknown>;
    const ending = new Proxy(db, {
      get: (target, name) =>
        name === "$transaction"
          ? (...some: unknown[]) => end(() => transaction(...some))
          : (Reflect.get(target, name) as unknown),
    });
    const services = { ...testApp.services, db: ending };
    return createApp({ env: testEnv(), services, isStopping: () => false });
  }
  const fail = (some: object) => Object.assign(new Error("It failed"), some);

  it.each([
    ["the answer to the commit was lost", { errno: 2013 }, 503],
    ["the connection was reset", { code: "ECONNRESET" }, 503],
    ["nobody foresaw it", {}, 500],
  ])("after it was done is not made again: %s", async (what, some, status) => {
    const name = newId();
    const app = appWith(async (transaction) => {
      await transaction();
      throw fail(some);
    });
    expect((await createRole(name, `key-${name}`, admin, app)).status).toBe(status);
    const again = await createRole(name, `key-${name}`);
    expect([what, again.status, again.body]).toMatchObject([what, 409, { code: "IDEMPOTENCY_KEY_IN_USE" }]);
    expect(again.body.detail).toContain("it is not known whether it was done");
    expect(await countRoles(name)).toBe(1);
  });

  it("before it reached the database may be sent again with the same key", async () => {
    const name = newId();
    const app = appWith(() => Promise.reject(fail({ code: "ECONNREFUSED" })));
    expect((await createRole(name, `key-${name}`, admin, app)).status).toBe(503);
    expect((await createRole(name, `key-${name}`)).status).toBe(201);
  });
});

describe("a claim", () => {
  const claimed = () =>
    claimAnswer(testApp.services, { callerId: "a", route: "POST /x", key: "k", input: { a: 1 } });

  it("keeps others out while it runs, ends in a day once answered and in minutes when its process died", async () => {
    const { redis } = testApp.services;
    await redis.flushdb();
    const claim = await claimed();
    const [key = ""] = await redis.keys("idempotency:*");
    expect(await redis.ttl(key)).toBeLessThanOrEqual(120);
    await expect(claimed()).rejects.toMatchObject({ code: "IDEMPOTENCY_KEY_IN_USE" });
    if (claim.answer) throw new Error("Nobody answered yet");
    await claim.keep({ status: 201, body: { id: "1" } });
    expect(await redis.ttl(key)).toBeGreaterThan(86_000);
    expect(await claimed()).toEqual({ answer: { status: 201, body: { id: "1" } } });
  });
});
