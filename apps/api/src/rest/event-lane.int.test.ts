import { once } from "node:events";
import { connect } from "node:net";
import { createEventIntake } from "@tocsin/core/events/event-intake";
import { newId } from "@tocsin/db/ids";
import express from "express";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApp } from "../app.ts";
import { createBodyMemory } from "../http/body-memory.ts";
import { admitCaller, receiveBody, serveTarget } from "../http/steps.ts";
import { createApiMetrics } from "../metrics/api-metrics.ts";
import { v1Router } from "../routers/v1.ts";
import { recordingLog } from "../testing/stub-services.ts";
import { createTestApp, testEnv, type TestApp } from "../testing/test-app.ts";
import { eventLane } from "./event-lane.ts";

let testApp: TestApp;
let tokens: Record<"admin" | "auditor" | "key" | "boundKey", string>;

beforeAll(async () => {
  testApp = await createTestApp({ CORS_ORIGINS: "https://admin.example.com" });
  const admin = await testApp.login("Admin");
  const keyOf = async (body: object) => {
    const answer = await request(testApp.app)
      .post("/api/v1/api-keys")
      .set("Authorization", `Bearer ${admin.accessToken}`)
      .send({ scopes: ["events:send"], ...body });
    return (answer.body as { secret: string }).secret;
  };
  tokens = {
    admin: admin.accessToken,
    auditor: (await testApp.login("Auditor")).accessToken,
    key: await keyOf({ name: "any" }),
    boundKey: await keyOf({ name: "bound", source: "payments" }),
  };
});

afterAll(() => testApp.close());

interface Sent {
  token?: keyof typeof tokens | "none" | "wrong";
  body: string | Buffer;
  headers?: Record<string, string>;
}

const event = (fields: object = {}) =>
  JSON.stringify({ type: "a.b", source: "test", payload: { n: 1 }, ...fields });

/** A quoted charset means the same, and is not ordinary: the request goes the way of all others. */
const types = { lane: "application/json", common: 'application/json; charset="utf-8"' } as const;

async function send(
  app: express.Express,
  way: keyof typeof types,
  { token = "key", body, headers = {} }: Sent,
) {
  const secret = token === "wrong" ? `tk_${"0".repeat(12)}_${"x".repeat(43)}` : tokens[token as "key"];
  const sent = request(app).post("/api/v1/events").set("Content-Type", types[way]).set(headers);
  if (token !== "none") sent.set("Authorization", `Bearer ${secret}`);
  return sent.serialize((text: unknown) => text as string).send(body);
}

/** An answer without what differs from one request to the next. */
function comparable({ status, headers, body }: Awaited<ReturnType<typeof send>>) {
  const id = (body as { id?: string }).id;
  const text = JSON.stringify({ status, headers: { ...headers }, body: body as unknown });
  const plain = text
    .replaceAll(id ?? "no id", "ID")
    .replaceAll(/"(x-request-id|requestId|date|etag)":"[^"]*"/g, '"$1":""')
    // A key that is not known yet counts for its address.
    .replaceAll(/r=\d+; t=\d+|pk=:[^:]+:/g, "");
  return JSON.parse(plain) as unknown;
}

describe("an event in the lane is answered as it would be among all other requests", () => {
  const deep = `{"type":"a.b","source":"test","payload":${'{"a":'.repeat(40)}1${"}".repeat(40)}}`;
  it.each<[string, Sent, number]>([
    ["accepted", { body: event() }, 202],
    ["accepted from a person", { token: "admin", body: event() }, 202],
    [
      "with a key that is its own",
      { body: event({ idempotencyKey: "unused" }), headers: { "X-Request-Id": "chosen-by-caller" } },
      202,
    ],
    ["with a byte order mark", { body: `\uFEFF${event()}` }, 202],
    ["with letters of many bytes", { body: event({ payload: { city: "Zürich 🚨" } }) }, 202],
    ["not UTF-8", { body: Buffer.from([0x7b, 0xff, 0x7d]) }, 400],
    ["empty", { body: "" }, 400],
    ["not JSON", { body: "{" }, 400],
    ["no object", { body: "[]" }, 400],
    ["a name twice", { body: '{"type":"a.b","type":"a.c","source":"test"}' }, 400],
    ["a forbidden name", { body: '{"type":"a.b","source":"test","payload":{"__proto__":{}}}' }, 400],
    ["too deep", { body: deep }, 400],
    ["an unknown field", { body: event({ other: 1 }) }, 400],
    ["no type", { body: '{"source":"test"}' }, 400],
    ["a resolve without a dedupKey", { body: event({ action: "resolve" }) }, 400],
    ["a number too large", { body: '{"type":"a.b","source":"test","payload":{"n":1e999}}' }, 400],
    [
      "two keys that differ",
      { body: event({ idempotencyKey: "one" }), headers: { "Idempotency-Key": "other" } },
      400,
    ],
    ["too large", { body: event({ payload: { text: "x".repeat(512 * 1024) } }) }, 413],
    ["of nobody", { token: "none", body: event() }, 401],
    ["of a key that is none", { token: "wrong", body: event() }, 401],
    ["of someone who may not", { token: "auditor", body: event() }, 403],
    ["of another source", { token: "boundKey", body: event() }, 403],
  ])("%s", async (_name, sent, status) => {
    const [lane, common] = [
      await send(testApp.app, "lane", sent),
      await send(testApp.app, "common", { ...sent, body: withOwnKey(sent.body) }),
    ];
    expect(lane.status).toBe(status);
    expect(comparable(lane)).toEqual(comparable(common));
  });

  /** The same key from both ways would make the second one a duplicate. */
  function withOwnKey(body: string | Buffer): string | Buffer {
    return typeof body === "string" ? body.replace('"unused"', '"unused too"') : body;
  }

  it("sent twice, and its key used for another one", async () => {
    const key = newId();
    const first = await send(testApp.app, "lane", { body: event(), headers: { "Idempotency-Key": key } });
    const again = await send(testApp.app, "lane", { body: event({ idempotencyKey: key }) });
    const common = await send(testApp.app, "common", { body: event(), headers: { "Idempotency-Key": key } });
    expect(again.body).toMatchObject({ id: first.body.id, duplicate: true });
    expect(comparable(again)).toEqual(comparable(common));
    const other = { body: event({ type: "other" }), headers: { "Idempotency-Key": key } };
    const [reused, reusedToo] = [
      await send(testApp.app, "lane", other),
      await send(testApp.app, "common", other),
    ];
    expect(reused.status).toBe(422);
    expect(comparable(reused)).toEqual(comparable(reusedToo));
  });

  it("where too many wait already, without a line in the log for each", async () => {
    const { log, lines } = recordingLog();
    const { pool, redis } = testApp.services;
    const intake = createEventIntake({ pool, redis, log, backlogLimit: 0 });
    const services = { ...testApp.services, log, intake };
    const app = createApp({ env: testEnv(), services, isStopping: () => false });
    const [lane, common] = [
      await send(app, "lane", { body: event() }),
      await send(app, "common", { body: event() }),
    ];
    expect(lane.status).toBe(503);
    expect(lane.headers["retry-after"]).toBe("1");
    expect(comparable(lane)).toEqual(comparable(common));
    expect(lines.filter(({ level }) => level === "warn" || level === "error")).toEqual([]);
    await intake.close();
  });

  it("over the limit, which both ways count together", async () => {
    const env = testEnv({ EVENT_RATE_LIMIT_PER_MINUTE: "3" });
    const app = createApp({ env, services: testApp.services, isStopping: () => false });
    const statuses: number[] = [];
    for (const way of ["lane", "common", "lane"] as const) {
      statuses.push((await send(app, way, { body: event() })).status);
    }
    const [lane, common] = [
      await send(app, "lane", { body: event() }),
      await send(app, "common", { body: event() }),
    ];
    expect([...statuses, lane.status]).toEqual([202, 202, 202, 429]);
    expect(comparable(lane)).toEqual(comparable(common));
  });
});

describe("the lane", () => {
  const commonWay = 418;

  function laneAlone(isStopping = () => false) {
    const app = express();
    const { services } = testApp;
    const metrics = createApiMetrics(services.pool);
    const bodies = createBodyMemory();
    const steps = [admitCaller, receiveBody, serveTarget];
    app.use(
      eventLane({ router: v1Router, services, metrics, headers: new Map(), bodies, steps, isStopping }),
    );
    app.use((_request, response) => void response.status(commonWay).end());
    return { app, metrics };
  }

  it("takes an ordinary event, and measures and logs it", async () => {
    const { app, metrics } = laneAlone();
    expect((await send(app, "lane", { body: event() })).status).toBe(202);
    expect(await metrics.registry.metrics()).toMatch(
      /duration_seconds_count\{.*method="POST",route="\/api\/v1\/events",status="202"\} 1/,
    );
  });

  function chunked(sent: request.Test): request.Test {
    sent.type("application/json").write("{}");
    return sent;
  }

  it.each<[string, (app: express.Express) => request.Test]>([
    ["another method", (app) => request(app).get("/api/v1/events")],
    ["another path", (app) => request(app).post("/api/v1/events/batch").send({})],
    ["a query", (app) => request(app).post("/api/v1/events?a=1").send({})],
    ["a browser", (app) => request(app).post("/api/v1/events").set("Origin", "https://a.example").send({})],
    ["another type", (app) => request(app).post("/api/v1/events").type("text/plain").send("{}")],
    [
      "another charset",
      (app) => request(app).post("/api/v1/events").type("application/json; charset=utf-16").send("{}"),
    ],
    ["a packed body", (app) => request(app).post("/api/v1/events").set("Content-Encoding", "gzip").send({})],
    ["no length", (app) => chunked(request(app).post("/api/v1/events"))],
  ])("leaves to the common way: %s", async (_name, make) => {
    expect((await make(laneAlone().app)).status).toBe(commonWay);
  });

  it("leaves everything to the common way once the process is stopping", async () => {
    const { app } = laneAlone(() => true);
    expect((await send(app, "lane", { body: event() })).status).toBe(commonWay);
  });

  it("survives a client that goes away in the middle of its event", async () => {
    const { log, lines } = recordingLog();
    const services = { ...testApp.services, log };
    const app = createApp({ env: testEnv(), services, isStopping: () => false });
    const server = app.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    const socket = connect(port, "127.0.0.1");
    socket.write(
      `POST /api/v1/events HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"type"`,
    );
    await once(server, "request");
    socket.destroy();
    const after = await request(server)
      .post("/api/v1/events")
      .set("Authorization", `Bearer ${tokens.key}`)
      .type("json")
      .send(event());
    expect(after.status).toBe(202);
    expect(lines.filter(({ level }) => level === "error")).toEqual([]);
    await new Promise((resolve) => server.close(resolve));
  });
});
