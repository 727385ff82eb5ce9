import { newId } from "@tocsin/db/ids";
import request from "supertest";
import { afterAll, beforeAll, expect, it } from "vitest";
import { givenNotificationOf } from "../testing/given-notification.ts";
import { createTestApp, type TestApp, type TestUser } from "../testing/test-app.ts";

let testApp: TestApp;
let admin: TestUser;

beforeAll(async () => {
  testApp = await createTestApp();
  admin = await testApp.login("Admin");
});

afterAll(() => testApp.close());

const authorization = () => `Bearer ${admin.accessToken}`;
const get = (path: string) =>
  request(testApp.app).get(`/api/v1${path}`).set("Authorization", authorization());
const create = async (path: string, body: object): Promise<string> => {
  const { body: created } = await request(testApp.app)
    .post(`/api/v1${path}`)
    .set("Authorization", authorization())
    .send(body);
  return String(created.id);
};

const silence = () => ({
  condition: "event.type == 'a'",
  startsAt: new Date().toISOString(),
  endsAt: new Date(Date.now() + 3_600_000).toISOString(),
});

async function givenDeadLetter(): Promise<string> {
  const id = newId();
  await testApp.services.db.deadLetter.create({
    data: { id, streamId: id, body: "{}", error: "no event", attempts: 1, createdAt: new Date() },
  });
  return id;
}

const makers: Readonly<Record<string, () => Promise<string>>> = {
  "/rules/{id}": () =>
    create("/rules", { name: "A rule", condition: "event.type == 'a'", targetRoles: ["Operator"] }),
  "/silences/{id}": () => create("/silences", silence()),
  "/dead-letters/{id}": givenDeadLetter,
  "/notifications/{id}/deliveries": () => givenNotificationOf(testApp.services, admin.id),
};

it.each(Object.keys(makers))("GET %s shows what was made", async (path) => {
  const id = (await makers[path]?.()) ?? "";
  const { status, body } = await get(path.replace("{id}", id));
  expect({ status, id: body.id ?? body.notificationId }).toEqual({ status: 200, id });
});
