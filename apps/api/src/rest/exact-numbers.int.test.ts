import { processBatch } from "@tocsin/core/pipeline/process-batch";
import { createSnapshotSource } from "@tocsin/core/pipeline/snapshot";
import { readEntry } from "@tocsin/core/pipeline/stream-entry";
import { actorOf, givenRule } from "@tocsin/core/testing/fixtures";
import { newId } from "@tocsin/db/ids";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApp, type TestApp, type TestUser } from "../testing/test-app.ts";

/** The whole number after the last of which a double holds every one. */
const digits = "9007199254740993";

const type = `exact.${newId()}`;
let testApp: TestApp;
let admin: TestUser;
let rule: { id: string };

beforeAll(async () => {
  testApp = await createTestApp();
  admin = await testApp.login("Admin");
  const { services } = testApp;
  const ctx = { ...services, actor: actorOf(admin.id), request: { id: newId(), ip: null, userAgent: null } };
  const texts = { targetRoles: ["Admin"], title: "{{ event.n }}", message: "{{ event.deep }}" };
  rule = await givenRule(ctx, {
    ...texts,
    condition: `event.type == "${type}" && event.n == ${digits}`,
    dedupKeyTemplate: "{{ event.n }}",
    dedupWindowSeconds: 60,
  });
  await givenRule(ctx, { ...texts, condition: `event.type == "${type}" && event.n == 9007199254740992` });
});

afterAll(() => testApp.close());

const authorized = () => ({ Authorization: `Bearer ${admin.accessToken}` });
const post = (path: string, body: string, contentType = "application/json") =>
  request(testApp.app).post(path).set(authorized()).set("Content-Type", contentType).send(body);
const get = (path: string) => request(testApp.app).get(path).set(authorized());

const payload = `{"n":${digits},"deep":{"amount":0.10000000000000000000001}}`;
const eventText = `{"type":"${type}","source":"exact","payload":${payload}}`;
const cloudEvent = (id: string) =>
  `{"specversion":"1.0","id":"${id}","type":"${type}","source":"exact","data":${payload}}`;

const pipelineOf = ({ pool, redis, log }: TestApp["services"]) => ({
  ...{ pool, redis, log, stormDefaults: { limit: 1000, windowSeconds: 60 } },
  snapshots: createSnapshotSource({ pool, log }),
});

/** What an event that was stored alerted of. */
async function titlesOf(eventId: string): Promise<string[]> {
  const { services } = testApp;
  await processBatch(pipelineOf(services), [{ kind: "stored", streamId: "1-1", eventId }]);
  const alerts = await services.db.notification.findMany({ where: { eventId } });
  return alerts.map(({ title, message }) => `${title} ${message}`);
}

const alerted = [`${digits} {"amount":0.10000000000000000000001}`];

describe("a number whose digits a double does not hold", () => {
  it.each([
    ["an event", () => post("/api/v1/events", eventText)],
    ["a CloudEvent", () => post("/api/v1/events", cloudEvent("one"), "application/cloudevents+json")],
    [
      "the data of a CloudEvent in binary mode",
      () =>
        post("/api/v1/events", payload).set({
          ...{ "ce-specversion": "1.0", "ce-id": "two", "ce-type": type, "ce-source": "exact" },
        }),
    ],
  ])("is matched, told and shown to the digit as part of %s", async (_what, send) => {
    const { body, status } = await send();
    expect(status).toBe(202);
    const { id } = body as { id: string };
    await testApp.services.pool.query("DELETE FROM alert_group WHERE ruleId = ?", [rule.id]);
    expect(await titlesOf(id)).toEqual(alerted);
    const shown = await get(`/api/v1/events/${id}`);
    expect(shown.text).toContain(`"payload":${payload}`);
    const overTrpc = await get(
      `/trpc/events.get?input=${encodeURIComponent(JSON.stringify({ json: { id } }))}`,
    );
    expect(overTrpc.text).toContain(`"payload":${payload}`);
    const explained = await get(`/api/v1/events/${id}/explain?ruleId=${rule.id}`);
    expect(explained.body).toMatchObject({ rules: [{ outcome: "alerted" }] });
    expect(explained.text).toContain(digits);
  });

  it.each([
    ["a batch", "/api/v1/events/batch", `{"events":[${eventText},{"type":"no"}]}`, "application/json"],
    [
      "a batch of CloudEvents",
      "/api/v1/events/batch",
      `[${cloudEvent("three")}]`,
      "application/cloudevents-batch+json",
    ],
  ])("is matched to the digit as part of %s", async (_what, path, body, contentType) => {
    const answer = await post(path, body, contentType);
    const [first] = (answer.body as { results: { id: string }[] }).results;
    await testApp.services.pool.query("DELETE FROM alert_group WHERE ruleId = ?", [rule.id]);
    expect(await titlesOf(first?.id ?? "")).toEqual(alerted);
  });

  it("is matched to the digit where another back end writes it to the stream", async () => {
    const entry = readEntry({ streamId: "1800000000000-1", fields: ["event", eventText] });
    if (entry.kind !== "direct") throw new Error(entry.kind);
    await testApp.services.pool.query("DELETE FROM alert_group WHERE ruleId = ?", [rule.id]);
    await processBatch(pipelineOf(testApp.services), [entry]);
    const alerts = await testApp.services.db.notification.findMany({ where: { eventId: entry.eventId } });
    expect(alerts.map(({ title }) => title)).toEqual([digits]);
  });

  it("is matched to the digit by a backtest", async () => {
    await post("/api/v1/events", eventText);
    const counted = async (n: string) => {
      const condition = `event.type == "${type}" && event.n == ${n}`;
      const { body } = await post("/api/v1/rules/backtest", JSON.stringify({ condition, hours: 1 }));
      return (body as { matched: number }).matched;
    };
    expect(await counted("9007199254740992")).toBe(0);
    expect(await counted(digits)).toBeGreaterThan(0);
  });

  it("is told apart where an idempotency key comes again, and a body that is spelled otherwise is not", async () => {
    const idempotencyKey = newId();
    const send = (n: string) =>
      post(
        "/api/v1/events",
        `{"payload":{"b":1,"n":${n}},"type":"a","source":"exact","idempotencyKey":"${idempotencyKey}"}`,
      );
    expect((await send(digits)).body).toMatchObject({ duplicate: false });
    expect((await send("9007199254740992")).body).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    const respelled = `{"idempotencyKey":"${idempotencyKey}","source":"exact","type":"a","payload":{"n":${digits}.0,"b":1e0}}`;
    expect((await post("/api/v1/events", respelled)).body).toMatchObject({ duplicate: true });
  });

  it("is refused with a pointer wherever numbers are doubles, and changes nothing", async () => {
    const overTrpc = await post("/trpc/events.send", `{"json":${eventText}}`);
    expect(overTrpc.status).toBe(400);
    expect(overTrpc.text).toContain("/payload/n");
    const event = `{"type":"a","source":"s","payload":{"n":${digits}}}`;
    const trial = await post("/api/v1/rules/test", `{"condition":"event.n == 1","event":${event}}`);
    expect(trial.status).toBe(400);
    expect(trial.body).toMatchObject({ errors: [{ pointer: "/event/payload/n", code: "inexact" }] });
  });
});

describe("one item of a batch that cannot be read", () => {
  it.each([
    ["a name that stands twice", '{"type":"a","source":"s","payload":{"a":1,"a":2}}', "/events/1"],
    [
      "half of a surrogate pair",
      '{"type":"a","source":"s","payload":{"a":"\\ud800"}}',
      "/events/1/payload/a",
    ],
    ["a number that is too large", '{"type":"a","source":"s","payload":{"a":1e400}}', "/events/1/payload/a"],
  ])("is refused by itself: %s", async (_what, item, pointer) => {
    const { body, status } = await post(
      "/api/v1/events/batch",
      `{"events":[${eventText},${item},${eventText}]}`,
    );
    expect(status).toBe(202);
    expect(body).toMatchObject({
      accepted: 2,
      refused: 1,
      results: [{ outcome: "accepted" }, { outcome: "refused", error: { errors: [{ pointer }] } }, {}],
    });
  });
});
