import request from "supertest";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApp, type TestApp } from "../testing/test-app.ts";

let testApp: TestApp;
let token: string;

beforeAll(async () => {
  testApp = await createTestApp();
  token = (await testApp.login("Admin")).accessToken;
});

afterAll(() => testApp.close());

const post = (path: string, type: string, body: unknown) =>
  request(testApp.app)
    .post(`/api/v1${path}`)
    .set("Authorization", `Bearer ${token}`)
    .set("Content-Type", type)
    .send(JSON.stringify(body));
const one = (body: unknown) => post("/events", "application/cloudevents+json", body);
const many = (body: unknown) => post("/events/batch", "application/cloudevents-batch+json", body);
const get = (path: string) =>
  request(testApp.app).get(`/api/v1${path}`).set("Authorization", `Bearer ${token}`);

const cloudEvent = (some: object = {}) => ({
  ...{ specversion: "1.0", id: newId(), source: "payments", type: "com.example.transfer.failed" },
  ...some,
});

describe("a CloudEvent", () => {
  it("is the event that it says, with its id as the idempotency key", async () => {
    const event = cloudEvent({
      ...{
        time: "2026-11-23T08:30:00Z",
        data: { amount: 25_000 },
        dedupkey: "transfer-4711",
        action: "resolve",
      },
      ...{ datacontenttype: "application/json; charset=utf-8", traceparent: "00-abc" },
    });
    const sent = await one(event);
    expect(sent).toMatchObject({ status: 202, body: { status: "received", duplicate: false } });
    expect(sent.headers["location"]).toBe(`/api/v1/events/${sent.body.id}`);
    expect((await get(`/events/${sent.body.id}`)).body).toMatchObject({
      ...{ type: event.type, source: "payments", payload: { amount: 25_000 }, idempotencyKey: event.id },
      ...{ occurredAt: "2026-11-23T08:30:00.000Z", dedupKey: "transfer-4711", action: "resolve" },
    });
    expect((await one(event)).body).toEqual({ ...sent.body, duplicate: true });
  });

  it.each([
    ["of another version", { specversion: "0.3" }, "/specversion"],
    ["without an id", { id: undefined }, "/id"],
    ["without a type", { type: undefined }, "/type"],
    ["with data of two kinds", { data: {}, data_base64: "aGk=" }, "/data_base64"],
    ["of no real time", { time: "yesterday" }, "/time"],
    ["that does what nobody knows", { action: "explode" }, "/action"],
    ["that resolves without saying what", { action: "resolve" }, "/dedupkey"],
    ["that acknowledges without saying what", { action: "acknowledge" }, "/dedupkey"],
  ])("%s is refused, and it says where", async (_what, some, pointer) => {
    const { status, body } = await one(cloudEvent(some));
    expect({ status, pointers: body.errors.map((error: { pointer: string }) => error.pointer) }).toEqual({
      status: 400,
      pointers: [pointer],
    });
  });

  it.each([
    ["with an attribute that is null", { time: null, dedupkey: null }, { a: 1 }],
    ["with an extension that is a number", { retries: 3, ratio: 1.5 }, { a: 1 }],
    ["with data that is a text", { data: "text", datacontenttype: "text/plain" }, { data: "text" }],
    ["with data that is a list", { data: [1, { b: 2 }] }, { data: [1, { b: 2 }] }],
    ["with data that is a number", { data: 7 }, { data: 7 }],
    ["with data that is null", { data: null }, {}],
    ["with binary data", { data: undefined, data_base64: "aGk=" }, { data: "aGk=" }],
  ])("%s is taken", async (_what, some, payload) => {
    const sent = await one(cloudEvent({ data: { a: 1 }, ...some }));
    expect(sent.status).toBe(202);
    expect((await get(`/events/${sent.body.id}`)).body).toMatchObject({ payload, occurredAt: null });
  });

  it("takes a number as a dedup key, as extensions may be numbers", async () => {
    const { body } = await one(cloudEvent({ dedupkey: 4711 }));
    expect((await get(`/events/${body.id}`)).body).toMatchObject({ dedupKey: "4711" });
  });

  it("in a batch is refused by itself", async () => {
    const resolve = cloudEvent({ action: "resolve" });
    const answer = await many([cloudEvent(), cloudEvent({ id: undefined }), cloudEvent(), resolve]);
    expect(answer).toMatchObject({ status: 202, body: { accepted: 2, refused: 2 } });
    expect(answer.body.results[1].error.errors).toMatchObject([{ pointer: "/1/id" }]);
    expect(answer.body.results[3].error.errors).toMatchObject([{ pointer: "/3/dedupkey" }]);
  });

  it.each([
    ["no list", cloudEvent(), 400],
    ["an empty list", [], 202],
    ["500 events", Array.from({ length: 500 }, () => cloudEvent()), 202],
    ["501 events", Array.from({ length: 501 }, () => cloudEvent()), 400],
  ])("batch of %s is answered %s", async (_what, body, status) => {
    expect((await many(body)).status).toBe(status);
  });

  it("where one is taken a batch is not, and the other way round", async () => {
    expect((await post("/events", "application/cloudevents-batch+json", [])).status).toBe(415);
    expect((await post("/events/batch", "application/cloudevents+json", {})).status).toBe(415);
    expect((await post("/rules", "application/cloudevents+json", {})).status).toBe(415);
  });

  it("is for who may send events", async () => {
    const auditor = await testApp.login("Auditor");
    const refused = await one(cloudEvent()).set("Authorization", `Bearer ${auditor.accessToken}`);
    expect(refused.status).toBe(403);
  });
});

describe("a CloudEvent in binary mode", () => {
  const attributes = () => ({
    ...{ "ce-specversion": "1.0", "ce-id": newId(), "ce-source": "payments", "ce-type": "transfer.failed" },
  });
  const binary = (headers: Record<string, string>, body: unknown = { amount: 1 }) =>
    post("/events", "application/json", body).set(headers);

  it("is the event that its headers say, with the body as its data", async () => {
    const headers = {
      ...attributes(),
      ...{
        "ce-time": "2026-11-23T08:30:00Z",
        "ce-dedupkey": "Z%C3%BCrich%20%F0%9F%94%94",
        "ce-traceparent": "00-a",
      },
    };
    const sent = await binary(headers, { amount: 25_000, "ce-id": "data" });
    expect(sent).toMatchObject({ status: 202, body: { duplicate: false } });
    expect((await get(`/events/${sent.body.id}`)).body).toMatchObject({
      ...{ type: "transfer.failed", source: "payments", idempotencyKey: headers["ce-id"] },
      ...{ payload: { amount: 25_000, "ce-id": "data" }, dedupKey: "Zürich 🔔" },
      occurredAt: "2026-11-23T08:30:00.000Z",
    });
    expect((await binary(headers, { amount: 25_000, "ce-id": "data" })).body).toEqual({
      ...sent.body,
      duplicate: true,
    });
  });

  it("may have attributes that nobody here reads, whatever they are, and data that is no object", async () => {
    const sent = await binary({ ...attributes(), "ce-progress": "100%" }, [1]);
    expect((await get(`/events/${sent.body.id}`)).body).toMatchObject({ payload: { data: [1] } });
  });

  it("may quote its attributes", async () => {
    const sent = await binary({ ...attributes(), "ce-source": '"pay\\"ments"' });
    expect((await get(`/events/${sent.body.id}`)).body).toMatchObject({ source: 'pay"ments' });
  });

  it.each([
    ["of another version", { "ce-specversion": "0.3" }, {}, "/ce-specversion"],
    ["with an empty id", { "ce-id": "" }, {}, "/ce-id"],
    ["whose id is cut within a character", { "ce-id": "%C3" }, {}, "/ce-id"],
    ["of no real time", { "ce-time": "yesterday" }, {}, "/ce-time"],
    ["that resolves without saying what", { "ce-action": "resolve" }, {}, "/ce-dedupkey"],
  ])("%s is refused, and it says where", async (_what, headers, body, pointer) => {
    const answer = await binary({ ...attributes(), ...headers }, body);
    const pointers = answer.body.errors.map((error: { pointer: string }) => error.pointer);
    expect({ status: answer.status, pointers }).toEqual({ status: 400, pointers: [pointer] });
  });

  it("without an id, or with two, is refused", async () => {
    const { "ce-id": _id, ...rest } = attributes();
    expect((await binary(rest)).body.errors).toMatchObject([{ pointer: "/ce-id" }]);
    const two = await post("/events", "application/json", {}).set({ ...rest, "ce-id": ["1", "2"] as never });
    expect(two.body.errors).toMatchObject([{ pointer: "/ce-id", code: "duplicate" }]);
  });
});

describe("the list of events", () => {
  it("pages through all of one type, newest first, without a gap or a repetition", async () => {
    const type = `list.${newId()}`;
    const sent = await many(Array.from({ length: 7 }, () => cloudEvent({ type })));
    const ids = sent.body.results.map(({ id }: { id: string }) => id);
    const seen: string[] = [];
    let cursor: string | null = "";
    do {
      const query: string = cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor ?? "")}`;
      const { body } = await get(`/events?type=${type}&limit=3${query}`);
      if (cursor === "") expect(body.total).toBe(7);
      expect(body.items[0]).not.toHaveProperty("payload");
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.nextCursor;
    } while (cursor !== null);
    expect(seen).toEqual(ids.toReversed());
  });

  it("of everything begins with the newest, and keeps to the time asked for", async () => {
    const { body: sent } = await one(cloudEvent());
    const { body } = await get("/events?limit=1");
    expect(body.items[0].id).toBe(sent.id);
    const second = await get(`/events?limit=1&cursor=${encodeURIComponent(body.nextCursor)}`);
    expect(second.body.items[0].id < sent.id).toBe(true);
    const { receivedAt } = body.items[0];
    const from = (await get(`/events?from=${receivedAt}`)).body.items;
    expect(from.map(({ id }: { id: string }) => id)).toContain(sent.id);
    const before = (await get(`/events?to=${receivedAt}`)).body.items;
    expect(before.map(({ id }: { id: string }) => id)).not.toContain(sent.id);
  });

  it("refuses a search through everything, and says what to give", async () => {
    const refused = await get("/events?source=payments");
    expect(refused).toMatchObject({ status: 400, body: { errors: [{ pointer: "/source" }] } });
    expect((await get("/events?source=payments&status=received")).status).toBe(200);
  });
});
