import { createHmac } from "node:crypto";
import { newId } from "@tocsin/db/ids";
import type { Express } from "express";
import request from "supertest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestApp, type TestApp, type TestUser } from "../testing/test-app.ts";

let testApp: TestApp;
let app: Express;
let admin: TestUser;

beforeAll(async () => {
  testApp = await createTestApp();
  app = testApp.app;
  admin = await testApp.login("Admin");
});

afterAll(() => testApp.close());

it("signs one's own channel for JSON, form and query, and no other", async () => {
  const fields = { socket_id: "1.2", channel_name: `private-user-${admin.id}` };
  const token = `Bearer ${admin.accessToken}`;
  const path = "/api/v1/users/me/pusher-auth";
  const answers = [
    await request(app).post(path).set("Authorization", token).send(fields),
    await request(app).post(path).set("Authorization", token).type("form").send(fields),
    await request(app).get(path).set("Authorization", token).query(fields),
  ];
  for (const { body } of answers) expect(body).toEqual({ auth: expect.stringMatching(/^key:[0-9a-f]{64}$/) });
  const other = { ...fields, channel_name: `private-user-${newId()}` };
  const refused = await request(app).post(path).set("Authorization", token).send(other);
  expect(refused.body).toMatchObject({ status: 403, code: "CHANNEL_FORBIDDEN" });
});

it("signs the caller in on their connection, and nobody else, for JSON, form and query", async () => {
  const path = "/api/v1/users/me/pusher-user-auth";
  const ask = (call: request.Test) => call.set("Authorization", `Bearer ${admin.accessToken}`);
  const fields = { socket_id: "1.2" };
  const answers = [
    await ask(request(app).post(path)).send(fields),
    await ask(request(app).post(path)).type("form").send(fields),
    await ask(request(app).get(path)).query(fields),
  ];
  const user_data = JSON.stringify({ id: admin.id });
  const auth = `key:${createHmac("sha256", "secret").update(`1.2::user::${user_data}`).digest("hex")}`;
  for (const { body } of answers) expect(body).toEqual({ auth, user_data });
  const other = await ask(request(app).post(path)).send({ ...fields, id: newId() });
  expect(other.body).toMatchObject({ status: 400, code: "VALIDATION_FAILED" });
});
