import { hashPassword } from "@tocsin/core/auth/hash-password";
import { changeUserStatus } from "@tocsin/core/users/change-user-status";
import { actorOf } from "@tocsin/core/testing/fixtures";
import { newId } from "@tocsin/db/ids";
import { addJobs, createQueue } from "@tocsin/platform/queues";
import type { Express } from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../app.ts";
import { createTestApp, type RoleName, testEnv, type TestApp } from "../testing/test-app.ts";

const password = "a lighthouse keeper's umbrella";

let testApp: TestApp;
let app: Express;

beforeAll(async () => {
  testApp = await createTestApp({ QUEUE_BOARD_ENABLED: "true" });
  app = testApp.app;
});

afterAll(() => testApp.close());

async function givenAccount(role: RoleName): Promise<{ id: string; email: string }> {
  const { id } = await testApp.login(role);
  const passwordHash = await hashPassword(password);
  return testApp.services.db.user.update({ where: { id }, data: { passwordHash } });
}

const logIn = (email: string, some: object = {}) =>
  request(app)
    .post("/queues/login")
    .type("form")
    .send({ email, password, ...some });

const cookieOf = (answer: { headers: Record<string, unknown> }) =>
  (answer.headers["set-cookie"] as string[] | undefined)?.[0] ?? "";

describe("the queue board", () => {
  it("is not there unless it is asked for", async () => {
    const without = createApp({ env: testEnv(), services: testApp.services, isStopping: () => false });
    expect((await request(without).get("/queues")).status).toBe(404);
  });

  it.each(["/queues", "/queues/api/queues", "/queues/queue/event-processing-queue"])(
    "asks at %s who is there",
    async (path) => {
      const answers = [
        await request(app).get(path),
        await request(app).get(path).set("Cookie", "tocsin_queues=nonsense"),
      ];
      for (const answer of answers) {
        expect([answer.status, answer.headers["location"]]).toEqual([303, "/queues/login"]);
      }
    },
  );

  it("shows its jobs to an admin, by a cookie that no script and no other site can use", async () => {
    const eventId = newId();
    await addJobs(createQueue("event-processing-queue", testApp.services.redis), "retryEvent", [
      { id: `${eventId}-retry`, payload: { eventId }, delay: 60_000 },
    ]);
    const answer = await logIn((await givenAccount("Admin")).email);
    expect([answer.status, answer.headers["location"]]).toEqual([303, "/queues"]);
    const cookie = cookieOf(answer);
    expect(cookie).toMatch(/; Path=\/queues;.*; HttpOnly; SameSite=Strict$/);
    const board = await request(app).get("/queues").set("Cookie", cookie);
    expect(board.status).toBe(200);
    expect(board.headers["content-security-policy"]).toContain("default-src 'self'");
    expect(board.headers["x-powered-by"]).toBeUndefined();
    const jobs = await request(app)
      .get("/queues/api/queues?activeQueue=event-processing-queue&status=delayed")
      .set("Cookie", cookie);
    expect(jobs.text).toContain(eventId);
  });

  it("changes nothing", async () => {
    const cookie = cookieOf(await logIn((await givenAccount("Admin")).email));
    const emptied = await request(app)
      .put("/queues/api/queues/event-processing-queue/clean/delayed")
      .set("Cookie", cookie);
    expect(emptied.status).toBeGreaterThanOrEqual(400);
    const counts = await testApp.services.operations.countJobs();
    expect(counts).toBeDefined();
    const queue = createQueue("event-processing-queue", testApp.services.redis);
    expect(await queue.getDelayedCount()).toBe(1);
  });

  it("lets nobody in without the permission, with a wrong password, or from another site's form", async () => {
    const { email } = await givenAccount("Operator");
    const refused = await logIn(email);
    expect([refused.status, cookieOf(refused)]).toEqual([403, ""]);
    expect((await logIn(email, { password: "wrong" })).status).toBe(401);
    const admin = await givenAccount("Admin");
    const elsewhere = await logIn(admin.email).set("Sec-Fetch-Site", "cross-site");
    expect([elsewhere.status, cookieOf(elsewhere)]).toEqual([404, ""]);
  });

  it("ends at the next call when its user is disabled", async () => {
    const { id, email } = await givenAccount("Admin");
    const cookie = cookieOf(await logIn(email));
    expect((await request(app).get("/queues").set("Cookie", cookie)).status).toBe(200);
    const ctx = {
      ...testApp.services,
      actor: actorOf((await testApp.login("Admin")).id),
      request: { id: newId(), ip: null, userAgent: null },
    };
    await changeUserStatus(ctx, { id, change: "disable" });
    expect((await request(app).get("/queues").set("Cookie", cookie)).status).toBe(303);
  });
});
