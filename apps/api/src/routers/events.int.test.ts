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

function post(path: string, body: object | string, type = "application/json") {
  return request(testApp.app)
    .post(path)
    .set("Authorization", `Bearer ${admin.accessToken}`)
    .set("Content-Type", type)
    .send(body);
}

const event = (some: object = {}) => ({ type: "a.b", source: "test", ...some });

describe.each(["acknowledge", "resolve"])("an event with the action %s and no dedupKey", (action) => {
  const why = expect.stringContaining("which alerts are to end") as string;

  it("is refused, and it says why: it could end nothing", async () => {
    const answer = await post("/api/v1/events", event({ action }));
    expect(answer.body).toMatchObject({
      ...{ status: 400, code: "VALIDATION_FAILED" },
      errors: [{ pointer: "/dedupKey", message: why }],
    });
    expect((await post("/api/v1/events", event({ action, dedupKey: "k" }))).status).toBe(202);
  });

  it("is refused by itself in a batch", async () => {
    const answer = await post("/api/v1/events/batch", { events: [event({ action }), event()] });
    expect(answer.body).toMatchObject({ accepted: 1, refused: 1 });
    expect(answer.body.results[0].error.errors).toEqual([
      { pointer: "/events/0/dedupKey", message: why, code: "custom" },
    ]);
  });
});

describe("POST /api/v1/events/batch", () => {
  const send = (events: unknown) => post("/api/v1/events/batch", { events });

  it("is 202 with a result for each event, also where some are refused", async () => {
    const answer = await send([event(), event({ type: 7 }), event()]);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      results: [
        { outcome: "accepted", id: expect.any(String), status: "received" },
        {
          outcome: "refused",
          error: {
            type: "urn:tocsin:problem:validation-failed",
            title: "The request does not have the expected form",
            status: 400,
            detail: expect.stringContaining("/events/1/type"),
            code: "VALIDATION_FAILED",
            errors: [expect.objectContaining({ pointer: "/events/1/type" })],
          },
        },
        { outcome: "accepted", id: expect.any(String), status: "received" },
      ],
      accepted: 2,
      duplicates: 0,
      refused: 1,
    });
  });

  it("takes 500 events and refuses one more, storing none", async () => {
    const before = await testApp.services.db.event.count();
    const most = await send(Array.from({ length: 500 }, () => event()));
    const more = await send(Array.from({ length: 501 }, () => event()));
    expect([most.status, most.body.accepted]).toEqual([202, 500]);
    expect(more.body).toMatchObject({ status: 400, errors: [{ pointer: "/events" }] });
    expect(await testApp.services.db.event.count()).toBe(before + 500);
  });

  it("takes 5 MB, which no other route does, and refuses a byte more", async () => {
    const limit = 5 * 1024 * 1024;
    const events = Array.from({ length: 20 }, () => event({ payload: { text: "a".repeat(260_000) } }));
    const frame = JSON.stringify({ events: [...events, event({ payload: { text: "" } })] });
    const bodyOf = (size: number) => frame.replace('""', `"${"a".repeat(size - frame.length)}"`);
    const largest = await post("/api/v1/events/batch", bodyOf(limit));
    expect([largest.status, largest.body.accepted]).toEqual([202, 21]);
    expect((await post("/api/v1/events/batch", bodyOf(limit + 1))).status).toBe(413);
    expect((await post("/api/v1/events", bodyOf(limit))).status).toBe(413);
  });

  it("refuses an event that nests too deeply by itself", async () => {
    const nested = (depth: number): object => (depth === 1 ? {} : { a: nested(depth - 1) });
    const { body } = await send([event({ payload: nested(31) }), event({ payload: nested(40) })]);
    expect(body).toMatchObject({ accepted: 1, refused: 1 });
  });
});
