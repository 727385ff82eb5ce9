import { newId } from "@tocsin/db/ids";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../app.ts";
import { createTestApp, testEnv, type TestApp } from "../testing/test-app.ts";

let testApp: TestApp;
let adminToken: string;

beforeAll(async () => {
  testApp = await createTestApp();
  adminToken = (await testApp.login("Admin")).accessToken;
});

afterAll(() => testApp.close());

function post(path: string, token: string, body: object = {}) {
  return request(testApp.app).post(path).set("Authorization", `Bearer ${token}`).send(body);
}

function get(path: string, token: string) {
  return request(testApp.app).get(path).set("Authorization", `Bearer ${token}`);
}

async function givenKey(some: object = {}): Promise<{ id: string; secret: string; prefix: string }> {
  const answer = await post("/api/v1/api-keys", adminToken, {
    name: "Payments",
    scopes: ["events:send"],
    ...some,
  });
  expect(answer.status).toBe(201);
  expect(answer.headers["location"]).toBe(`/api/v1/api-keys/${answer.body.id}`);
  return answer.body as { id: string; secret: string; prefix: string };
}

const event = (source: string) => ({ type: "transfer.failed", source, payload: {} });

describe("a machine", () => {
  it("sends events with its key over REST and over tRPC, and reads none without the scope", async () => {
    const { secret } = await givenKey();
    const sent = await post("/api/v1/events", secret, event("payments"));
    expect(sent.status).toBe(202);
    const overTrpc = await post("/trpc/events.send", secret, { json: event("payments") });
    expect(overTrpc.body).toMatchObject({ result: { data: { json: { duplicate: false } } } });
    const reading = await get(`/api/v1/events/${sent.body.id}`, secret);
    expect(reading.body).toMatchObject({ status: 403, code: "UNAUTHORIZED_ROLE" });
    const { secret: reader } = await givenKey({ scopes: ["events:read"] });
    expect((await get(`/api/v1/events/${sent.body.id}`, reader)).status).toBe(200);
    expect((await post("/api/v1/events", reader, event("payments"))).body).toMatchObject({ status: 403 });
  });

  it("may send as many as its own limit says, whatever others behind its address send", async () => {
    const app = createApp({
      env: testEnv({ EVENT_RATE_LIMIT_PER_MINUTE: "3" }),
      services: testApp.services,
      isStopping: () => false,
    });
    const [one, other] = [await givenKey(), await givenKey()];
    const send = async ({ secret }: { secret: string }) => {
      const sending = request(app).post("/api/v1/events").set("Authorization", `Bearer ${secret}`);
      return (await sending.send(event("limits"))).status;
    };
    // The first request of a key that this process does not know yet counts for the address.
    expect([await send(one), await send(other)]).toEqual([202, 202]);
    expect([await send(one), await send(one), await send(one), await send(one)]).toEqual([
      202, 202, 202, 429,
    ]);
    expect([await send(other), await send(other)]).toEqual([202, 202]);
    const forged = { secret: `${one.secret.slice(0, -4)}AAAA` };
    expect([await send(forged), await send(forged)]).toEqual([401, 429]);
  });

  it("makes itself no key, and is nobody's account", async () => {
    const { secret } = await givenKey();
    const making = await post("/api/v1/api-keys", secret, { name: "A", scopes: ["events:send"] });
    expect(making.body).toMatchObject({ status: 403, code: "UNAUTHORIZED_ROLE" });
    expect((await get("/api/v1/users/me", secret)).body).toMatchObject({
      status: 403,
      detail: "This is for people; an API key cannot do it",
    });
  });

  it("with a wrong key is told 401 and how to come back", async () => {
    const { secret } = await givenKey();
    const wrong = `${secret.slice(0, -1)}${secret.endsWith("A") ? "B" : "A"}`;
    const answer = await post("/api/v1/events", wrong, event("payments"));
    expect(answer.body).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
  });
});

describe("a key that is bound to a source", () => {
  const refusal = (pointer: string) => ({
    status: 403,
    code: "SOURCE_FORBIDDEN",
    errors: [{ pointer, message: 'This API key sends events of "payments" only' }],
  });

  it("sends events of it, and of no other", async () => {
    const { secret } = await givenKey({ source: "payments" });
    expect((await post("/api/v1/events", secret, event("payments"))).status).toBe(202);
    const before = await testApp.services.db.event.count();
    for (const source of ["ledger", "Payments", "payments2"]) {
      const answer = await post("/api/v1/events", secret, event(source));
      expect(answer.body).toMatchObject(refusal("/source"));
    }
    expect(await testApp.services.db.event.count()).toBe(before);
  });

  it("has the others of a batch stored", async () => {
    const { secret } = await givenKey({ source: "payments" });
    const answer = await post("/api/v1/events/batch", secret, {
      events: [event("payments"), event("ledger"), event("payments")],
    });
    expect(answer.status).toBe(202);
    expect(answer.body).toMatchObject({
      accepted: 2,
      refused: 1,
      results: [
        { outcome: "accepted" },
        { outcome: "refused", error: refusal("/events/1/source") },
        { outcome: "accepted" },
      ],
    });
  });
});

describe("an idempotency key of a source", () => {
  it("can't be taken by a sender who is not bound to the source", async () => {
    const [bound, other, unbound] = [
      await givenKey({ source: "squatted" }),
      await givenKey({ source: "squatted" }),
      await givenKey(),
    ];
    const sent = { ...event("squatted"), idempotencyKey: "transfer-1" };
    const taken = await post("/api/v1/events", unbound.secret, { ...sent, type: "taken" });
    expect(taken.status).toBe(202);
    const first = await post("/api/v1/events", bound.secret, sent);
    expect(first.body).toMatchObject({ duplicate: false });
    expect((await post("/api/v1/events", other.secret, sent)).body).toMatchObject({
      id: first.body.id,
      duplicate: true,
    });
    const batch = await post("/api/v1/events/batch", other.secret, { events: [sent] });
    expect(batch.body).toMatchObject({ duplicates: 1, accepted: 0 });
    const again = await post("/api/v1/events/batch", unbound.secret, {
      events: [{ ...sent, type: "taken" }],
    });
    expect(again.body.results).toMatchObject([{ id: taken.body.id, outcome: "duplicate" }]);
  });
});

describe("a key that reads and is bound to a source", () => {
  it("sees no dead letters, and is told where to look instead", async () => {
    const { secret } = await givenKey({ source: "mine", scopes: ["events:read"] });
    for (const path of ["/api/v1/dead-letters", `/api/v1/dead-letters/${newId()}`]) {
      expect((await get(path, secret)).body).toMatchObject({
        status: 403,
        code: "SOURCE_FORBIDDEN",
        detail: 'This API key sees events of "mine" only: list them with status=dead instead',
      });
    }
    const { secret: reader } = await givenKey({ scopes: ["events:read"] });
    expect((await get("/api/v1/dead-letters", reader)).status).toBe(200);
    const own = await get("/api/v1/events?status=dead", secret);
    expect(own.body).toMatchObject({ items: [] });
  });
});

describe("a secret", () => {
  it("is new after a rotation, and the one before goes on", async () => {
    const before = await givenKey();
    const rotated = await post(`/api/v1/api-keys/${before.id}/rotate`, adminToken, { graceSeconds: 60 });
    expect(rotated.status).toBe(200);
    for (const { secret } of [before, rotated.body as { secret: string }]) {
      expect((await post("/api/v1/events", secret, event("payments"))).status).toBe(202);
    }
  });

  it.each([
    [604_800, 200],
    [604_801, 400],
    [-1, 400],
  ])("lives on for %i seconds: %i", async (graceSeconds, status) => {
    const { id } = await givenKey();
    expect((await post(`/api/v1/api-keys/${id}/rotate`, adminToken, { graceSeconds })).status).toBe(status);
  });

  it("of a revoked key that nobody used lately is refused at once", async () => {
    const { id, secret } = await givenKey();
    const revoked = await request(testApp.app)
      .delete(`/api/v1/api-keys/${id}`)
      .set("Authorization", `Bearer ${adminToken}`);
    expect(revoked.status).toBe(204);
    expect((await post("/api/v1/events", secret, event("payments"))).status).toBe(401);
    expect((await get(`/api/v1/api-keys/${id}`, adminToken)).body).toMatchObject({ state: "revoked" });
  });
});

describe("what a key is made of", () => {
  it.each([
    ["a name of 101 characters", { name: "a".repeat(101) }, "/name"],
    ["no scope", { scopes: [] }, "/scopes"],
    ["a scope twice", { scopes: ["events:send", "events:send"] }, "/scopes"],
    ["a scope for people", { scopes: ["notifications:acknowledge"] }, "/scopes/0"],
    ["everything", { scopes: ["*"] }, "/scopes/0"],
    ["an end that has passed", { expiresAt: "2020-01-01T00:00:00Z" }, "/expiresAt"],
  ])("is refused with %s", async (_what, some, pointer) => {
    const answer = await post("/api/v1/api-keys", adminToken, {
      name: newId(),
      scopes: ["events:send"],
      ...some,
    });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer }] });
  });

  it("takes a name of 100 characters", async () => {
    expect(await givenKey({ name: "a".repeat(100) })).toMatchObject({ name: "a".repeat(100) });
  });
});
