import { newId } from "@tocsin/db/ids";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApp, type TestApp, type TestUser } from "../testing/test-app.ts";

let testApp: TestApp;
let admin: TestUser;

beforeAll(async () => {
  testApp = await createTestApp();
  admin = await testApp.login("Admin");
});

afterAll(() => testApp.close());

const authorized = () => ({ Authorization: `Bearer ${admin.accessToken}` });
const get = (path: string) => request(testApp.app).get(path).set(authorized());
const post = (path: string, body: object, headers: Record<string, string> = {}) =>
  request(testApp.app)
    .post(path)
    .set({ ...authorized(), ...headers })
    .send(body);
const event = { type: "a", source: "spellings", payload: {} };

describe("an id in capitals", () => {
  it("names the same thing in a path, in the input of tRPC and in a body", async () => {
    const { id } = (await post("/api/v1/events", event)).body as { id: string };
    const upper = id.toUpperCase();
    expect((await get(`/api/v1/events/${upper}`)).body).toMatchObject({ id });
    const input = encodeURIComponent(JSON.stringify({ json: { id: upper } }));
    expect((await get(`/trpc/events.get?input=${input}`)).text).toContain(`"id":"${id}"`);
  });

  it("ends a phone's push notifications with a logout", async () => {
    const { accessToken, refreshToken } = await testApp.login("Operator");
    const token = { platform: "fcm", token: newId() };
    const by = { Authorization: `Bearer ${accessToken}` };
    const { id } = (await post("/api/v1/users/me/devices", token, by)).body as { id: string };
    const out = await post("/api/v1/auth/logout", { refreshToken, deviceId: id.toUpperCase() });
    expect(out.body).toEqual({ ok: true, device: "logged_out" });
    const stored = await testApp.services.db.device.findUniqueOrThrow({ where: { id } });
    expect(stored.disabledReason).toBe("logged_out");
  });

  it("logs out where the phone is not the user's, says so, and leaves that phone as it is", async () => {
    const other = await testApp.login("Operator");
    const token = { platform: "fcm", token: newId() };
    const { id } = (
      await post("/api/v1/users/me/devices", token, {
        Authorization: `Bearer ${other.accessToken}`,
      })
    ).body as { id: string };
    for (const deviceId of [newId(), id]) {
      const { refreshToken } = await testApp.login("Admin");
      const out = await post("/api/v1/auth/logout", { refreshToken, deviceId });
      expect(out.body).toEqual({ ok: true, device: "not_found" });
      expect((await post("/api/v1/auth/refresh", { refreshToken })).status).toBe(401);
    }
    const stored = await testApp.services.db.device.findUniqueOrThrow({ where: { id } });
    expect(stored.disabledAt).toBeNull();
  });

  it("tells nothing of a phone where none was named", async () => {
    const { refreshToken } = await testApp.login("Operator");
    expect((await post("/api/v1/auth/logout", { refreshToken })).body).toEqual({ ok: true });
  });
});

describe("an Idempotency-Key", () => {
  it("is the same with quotes as without, on the way of events and on that of all else", async () => {
    const key = newId();
    const send = (header: string) => post("/api/v1/events", event, { "Idempotency-Key": header });
    const first = await send(key);
    expect((await send(`"${key}"`)).body).toMatchObject({
      id: (first.body as { id: string }).id,
      duplicate: true,
    });
    const role = { name: `Role ${key.slice(-6)}`, permissions: [], description: "" };
    await post("/api/v1/roles", role, { "Idempotency-Key": `"${key}"` });
    const again = await post("/api/v1/roles", role, { "Idempotency-Key": key });
    expect([again.status, again.headers["idempotent-replayed"]]).toEqual([201, "true"]);
  });

  it.each(["/api/v1/events", "/api/v1/roles"])(
    "that cannot be read is refused, and nothing is done: %s",
    async (path) => {
      const events = await testApp.services.db.event.count();
      const answer = await post(path, event, { "Idempotency-Key": '"open' });
      expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: "/Idempotency-Key" }] });
      expect(await testApp.services.db.event.count()).toBe(events);
    },
  );
});
