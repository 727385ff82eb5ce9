import { insertEvents } from "@tocsin/core/events/insert-events";
import { prepareEvent } from "@tocsin/core/events/prepare-event";
import { processBatch } from "@tocsin/core/pipeline/process-batch";
import { createSnapshotSource } from "@tocsin/core/pipeline/snapshot";
import { actorOf, givenRule } from "@tocsin/core/testing/fixtures";
import { newId } from "@tocsin/db/ids";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestApp, type TestApp, type TestUser } from "../testing/test-app.ts";

/** What an event may hold, or an older version may have stored. */
const hostile: Readonly<Record<string, string>> = {
  nothing: "",
  "control characters": "a\u0007b\u001b[31mc\u007f\u0085",
  "a zero character": "a\0b",
  "5,000 characters": "x".repeat(5000),
  "5,000 characters beyond the first plane": "🔥".repeat(5000),
  "what turns directions": "\u202eevil\u2066",
  "what nobody sees": "\u200b\u200d\u3164",
  "line breaks": "one\r\ntwo\u2028three",
  markup: `<img src=x onerror="alert(1)">{{ event.a }}`,
  "another link": "../../logout?x=1#@evil.example/",
};

let testApp: TestApp;
let admin: TestUser;
let type: string;
let ruleId: string;

beforeAll(async () => {
  testApp = await createTestApp();
  admin = await testApp.login("Admin");
  type = `hostile.${newId()}`;
  const { services } = testApp;
  const ctx = { ...services, actor: actorOf(admin.id), request: { id: newId(), ip: null, userAgent: null } };
  const rule = await givenRule(ctx, {
    condition: `event.type == "${type}"`,
    targetRoles: ["Admin"],
    title: "{{ event.a }}",
    message: "{{ event.a }}",
    action: { label: "{{ event.a }}", url: "https://admin.example.com/{{ event.a }}?a={{ event.a }}" },
    dedupKeyTemplate: "{{ event.a }}{{ event.b | default: '' }}",
    dedupWindowSeconds: 60,
  });
  ruleId = rule.id;
});

afterAll(() => testApp.close());

/** An alert that the pipeline raised for an event with this value in it. */
async function given(value: string): Promise<{ eventId: string; id: string }> {
  const { pool, redis, log, db } = testApp.services;
  // Not folded into what the test before was alerted of.
  await db.alertGroup.deleteMany({ where: { ruleId } });
  const event = prepareEvent({ type, source: "test", payload: { a: value }, action: "trigger" }, null);
  await insertEvents(pool, [event]);
  const pipeline = {
    ...{ pool, redis, log, stormDefaults: { limit: 1000, windowSeconds: 60 } },
    snapshots: createSnapshotSource({ pool, log }),
  };
  await processBatch(pipeline, [{ kind: "stored", streamId: "1-1", eventId: event.id }]);
  const { id } = await db.notification.findFirstOrThrow({ where: { eventId: event.id } });
  return { eventId: event.id, id };
}

const rest = async (method: "get" | "post" | "put", path: string, body?: object) => {
  const client = request(testApp.app);
  const answer = await client[method](`/api/v1${path}`)
    .set("Authorization", `Bearer ${admin.accessToken}`)
    .send(body);
  return { path, status: answer.status, body: answer.body as Record<string, never> };
};
const query = async (name: string, input: object) => {
  const { status, body } = await request(testApp.app)
    .get(`/trpc/${name}`)
    .query({ input: JSON.stringify({ json: input }) })
    .set("Authorization", `Bearer ${admin.accessToken}`);
  return { path: name, status, body: body as Record<string, never> };
};
const mutate = async (name: string, input: object) => {
  const { status, body } = await request(testApp.app)
    .post(`/trpc/${name}`)
    .set("Authorization", `Bearer ${admin.accessToken}`)
    .send({ json: input });
  return { path: name, status, body: body as Record<string, never> };
};

/** Everything that shows a notification, then everything that changes it and shows it. */
async function readEverywhere(id: string): Promise<{ path: string; status: number }[]> {
  const reads = await Promise.all([
    rest("get", "/notifications?limit=100"),
    rest("get", "/notifications?scope=all&limit=100"),
    rest("get", `/notifications/${id}`),
    rest("get", "/notifications/sync?after=0&limit=200"),
    rest("get", `/notifications/${id}/explain`),
    rest("get", `/notifications/${id}/deliveries`),
    query("notifications.list", { limit: 100 }),
    query("notifications.get", { id }),
    query("notifications.sync", { after: 0, limit: 200 }),
  ]);
  const changes = [
    await rest("put", `/notifications/${id}/read`),
    await rest("put", `/notifications/${id}/acknowledge`),
    await mutate("notifications.acknowledge", { id }),
    await mutate("notifications.read", { id }),
    await rest("post", "/notifications/read", { ids: [id] }),
    await rest("post", "/notifications/acknowledge", { ids: [id] }),
    await rest("put", `/notifications/${id}/archive`),
  ];
  return [...reads, ...changes];
}

const failed = (answers: readonly { path: string; status: number }[]) =>
  answers.filter(({ status }) => status !== 200).map(({ path, status }) => ({ path, status }));

describe.each(Object.entries(hostile))("an alert that %s was rendered into", (_what, value) => {
  it("is listed, shown, synced, read and acknowledged by every route", async () => {
    const { id, eventId } = await given(value);
    const { body } = await rest("get", `/notifications/${id}`);
    const shown = body as unknown as { title: string; action: { label: string; url: string } | null };
    expect(shown.title).not.toBe("");
    expect(Array.from(shown.title).length).toBeLessThanOrEqual(255);
    if (shown.action) {
      expect(shown.action.label).not.toBe("");
      expect(Array.from(shown.action.label).length).toBeLessThanOrEqual(100);
      expect(shown.action.url.length).toBeLessThanOrEqual(2000);
      expect(new URL(shown.action.url).origin).toBe("https://admin.example.com");
    }
    // eslint-disable-next-line no-control-regex
    expect(shown.title).not.toMatch(/[\0-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/u);
    expect(failed(await readEverywhere(id))).toEqual([]);
    expect(
      failed([
        await rest("get", `/events/${eventId}`),
        await rest("get", `/events/${eventId}/explain`),
        await query("events.explain", { id: eventId, ruleId }),
        await rest("post", "/rules/backtest", { ruleId, events: 100 }),
      ]),
    ).toEqual([]);
  });

  it("is told beforehand by a test of the rule, with the same texts", async () => {
    const { id } = await given(value);
    const tested = await rest("post", "/rules/test", { ruleId, event: { type, payload: { a: value } } });
    const { title, message, action } = (await rest("get", `/notifications/${id}`)).body;
    expect(tested.status).toBe(200);
    expect(tested.body).toMatchObject({ alert: { title, message, action } });
  });
});

describe.each(Object.entries(hostile).filter(([what]) => what !== "a zero character"))(
  "what an older version stored with %s",
  (_what, value) => {
    it("of an alert's link is answered", async () => {
      const { id } = await given(newId());
      await testApp.services.db.notification.update({
        where: { id },
        data: { action: { label: value, url: `http://${value}` } },
      });
      expect(failed(await readEverywhere(id))).toEqual([]);
    });

    it("of a rule, a silence, a role, a device or an API key is answered", async () => {
      const { db } = testApp.services;
      const short = Array.from(value).slice(0, 80).join("");
      const rule = await rest("post", "/rules", {
        ...{ name: "A rule", condition: "event.type == 'a'", targetRoles: ["Operator"] },
      });
      const id = String(rule.body["id"]);
      await db.rule.update({
        where: { id },
        data: {
          ...{ name: short, description: value, titleTemplate: short, messageTemplate: value, priority: 9 },
          ...{ dedupKeyTemplate: short, dedupWindowSeconds: -1, stormLimit: 0, sound: short },
          action: { label: value, url: value },
        },
      });
      const silence = await rest("post", "/silences", {
        ...{ condition: "event.type == 'a'", startsAt: new Date().toISOString() },
        endsAt: new Date(Date.now() + 60_000).toISOString(),
      });
      const weekly = { days: ["monday"], start: value, end: value, timeZone: value };
      await db.silence.update({
        where: { id: String(silence.body["id"]) },
        data: { comment: value, condition: value || " ", weekly, endsAt: null },
      });
      const key = await rest("post", "/api-keys", { name: "A key", scopes: ["events:send"] });
      await db.apiKey.update({ where: { id: String(key.body["id"]) }, data: { name: short, source: short } });
      const role = await rest("post", "/roles", { name: `R ${newId()}`, permissions: [] });
      await db.role.update({ where: { id: String(role.body["id"]) }, data: { description: value } });
      const device = await rest("post", "/users/me/devices", { platform: "fcm", token: newId() });
      const named = { name: short, locale: short.slice(0, 10), topic: short };
      await db.device.update({ where: { id: String(device.body["id"]) }, data: named });
      const answers = [
        await rest("get", "/rules?limit=100"),
        await rest("get", `/rules/${id}`),
        await rest("get", `/rules/${id}/versions`),
        await query("rules.list", { limit: 100 }),
        await query("rules.get", { id }),
        await rest("put", `/rules/${id}`, { active: false }),
        await rest("get", "/silences?limit=100"),
        await rest("get", `/silences/${String(silence.body["id"])}`),
        await query("silences.list", { limit: 100 }),
        await rest("get", "/api-keys?limit=100"),
        await query("apiKeys.list", { limit: 100 }),
        await rest("get", "/roles?limit=100"),
        await rest("get", "/users/me/devices"),
        await rest("get", "/audit?limit=100"),
      ];
      expect(failed(answers)).toEqual([]);
      await db.silence.delete({ where: { id: String(silence.body["id"]) } });
    });
  },
);
