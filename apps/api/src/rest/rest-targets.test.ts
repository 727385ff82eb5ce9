import { DomainError } from "@tocsin/contracts/errors";
import request from "supertest";
import { beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { prefix, serveRouter } from "../testing/serve-router.ts";
import { recordingLog } from "../testing/stub-services.ts";
import { procedure, router } from "../trpc/init.ts";

const { log, lines } = recordingLog();
const thing = z.object({ id: z.string(), amount: z.number(), flag: z.boolean().optional() });
const kilobyte = 1024;

const testRouter = router({
  create: procedure("public")
    .meta({ openapi: { method: "POST", path: "/things" }, successStatus: 201, location: "/things/{id}" })
    .input(z.strictObject({ amount: z.number(), flag: z.boolean().optional() }))
    .output(thing)
    .mutation(({ input }) => ({ id: "a b", ...input })),
  list: procedure("public")
    .meta({ openapi: { method: "GET", path: "/things" } })
    .input(z.strictObject({ page: z.int().default(1), name: z.string().optional() }))
    .output(z.object({ page: z.number(), name: z.string().optional() }))
    .query(({ input }) => input),
  count: procedure("public")
    .meta({ openapi: { method: "GET", path: "/things/count" } })
    .output(z.object({ count: z.number() }))
    .query(() => ({ count: 7 })),
  get: procedure("public")
    .meta({ openapi: { method: "GET", path: "/things/{id}" } })
    .input(z.strictObject({ id: z.string() }))
    .output(z.object({ id: z.string() }))
    .query(({ input }) => input),
  approve: procedure("public")
    .meta({ openapi: { method: "POST", path: "/things/{id}/approve" } })
    .input(z.strictObject({ id: z.string(), note: z.string().optional() }))
    .output(z.object({ id: z.string(), note: z.string().optional() }))
    .mutation(({ input }) => input),
  send: procedure("public")
    .meta({
      openapi: { method: "POST", path: "/messages" },
      successStatus: 202,
      bodyLimit: kilobyte,
      idempotencyHeader: true,
    })
    .input(z.strictObject({ text: z.string(), idempotencyKey: z.string().max(10).optional() }))
    .output(z.object({ idempotencyKey: z.string().optional() }))
    .mutation(({ input }) => input),
  sign: procedure("public")
    .meta({ openapi: { method: "POST", path: "/sign" }, formAndQuery: true })
    .input(z.strictObject({ socket_id: z.string() }))
    .output(z.object({ socket_id: z.string() }))
    .mutation(({ input }) => input),
  fail: procedure("public")
    .meta({ openapi: { method: "GET", path: "/fail" } })
    .output(z.object({}))
    .query(() => {
      throw new Error("SELECT secret FROM canary");
    }),
  refuse: procedure("public")
    .meta({ openapi: { method: "GET", path: "/refuse" } })
    .output(z.object({}))
    .query(() => {
      throw new DomainError("UNAVAILABLE", { detail: "Later", retryAfterSeconds: 7 });
    }),
  lie: procedure("public")
    .meta({ openapi: { method: "GET", path: "/lie" } })
    .output(z.object({ count: z.number() }))
    .query(() => ({ count: "seven" }) as unknown as { count: number }),
  closed: procedure("rules:read")
    .meta({ openapi: { method: "GET", path: "/closed" } })
    .output(z.object({}))
    .query(() => ({})),
});

const app = serveRouter(testRouter, log);

beforeEach(() => {
  lines.length = 0;
});

describe("success", () => {
  it("answers what the procedure gives", async () => {
    const answer = await request(app).get(`${prefix}/things?page=3`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ page: 3 });
    expect(answer.type).toBe("application/json");
  });

  it("answers 201 with the created thing and where it is", async () => {
    const answer = await request(app).post(`${prefix}/things`).send({ amount: 1.5 });
    expect(answer.status).toBe(201);
    expect(answer.headers["location"]).toBe(`${prefix}/things/a%20b`);
    expect(answer.body).toEqual({ id: "a b", amount: 1.5 });
  });

  it("answers 202 where work follows", async () => {
    expect((await request(app).post(`${prefix}/messages`).send({ text: "a" })).status).toBe(202);
  });

  it("prefers a fixed path to one with a parameter", async () => {
    expect((await request(app).get(`${prefix}/things/count`)).body).toEqual({ count: 7 });
  });

  it("decodes path parameters", async () => {
    expect((await request(app).get(`${prefix}/things/a%2Fb%20%C3%A4`)).body).toEqual({ id: "a/b ä" });
  });

  it("joins path and body", async () => {
    const answer = await request(app).post(`${prefix}/things/7/approve`).send({ note: "ok" });
    expect(answer.body).toEqual({ id: "7", note: "ok" });
  });

  it("takes no body for an empty one", async () => {
    expect((await request(app).post(`${prefix}/things/7/approve`)).body).toEqual({ id: "7" });
  });

  it("accepts a charset with the content type", async () => {
    const answer = await request(app)
      .post(`${prefix}/things/7/approve`)
      .set("Content-Type", "application/json; charset=utf-8")
      .send('{"note":"ä"}');
    expect(answer.body).toEqual({ id: "7", note: "ä" });
  });
});

describe("input", () => {
  it.each([
    ["a missing field", {}, "/amount"],
    ["null", { amount: null }, "/amount"],
    ["a number as text", { amount: "1" }, "/amount"],
    ["a boolean as text", { amount: 1, flag: "false" }, "/flag"],
    ["a field that is not known", { amount: 1, role: "Admin" }, "/role"],
  ])("refuses %s and says where", async (_name, body, pointer) => {
    const answer = await request(app).post(`${prefix}/things`).send(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "VALIDATION_FAILED", errors: [{ pointer }] });
  });

  it.each(["[]", '"text"', "1", "null"])("refuses a body that is no object: %s", async (body) => {
    const answer = await request(app)
      .post(`${prefix}/things`)
      .set("Content-Type", "application/json")
      .send(body);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "VALIDATION_FAILED", errors: [{ pointer: "" }] });
  });

  it.each([
    ["/things?page=1&page=2", "/page"],
    ["/things?unknown=1", "/unknown"],
    ["/things?__proto__=1", "/__proto__"],
    ["/things?constructor=1", "/constructor"],
    ["/things?page[]=1", "/page[]"],
    ["/things/7?id=8", "/id"],
    ["/things/count?x=1", "/x"],
  ])("refuses the query of %s", async (path, pointer) => {
    const answer = await request(app).get(`${prefix}${path}`);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ code: "VALIDATION_FAILED", errors: [{ pointer }] });
  });

  it.each(["", "%20", "0x10", "1e1", "+5", "1.0", "-1", "01", "true", "NaN", "9007199254740993000"])(
    "takes plain digits for a number and not %j",
    async (text) => {
      const answer = await request(app).get(`${prefix}/things?page=${text}`);
      expect(answer.status).toBe(400);
      expect(answer.body).toMatchObject({ code: "VALIDATION_FAILED", errors: [{ pointer: "/page" }] });
    },
  );

  it("refuses a body where none belongs", async () => {
    const answer = await request(app).get(`${prefix}/things`).send({ page: 2 });
    expect(answer.body).toMatchObject({ status: 400, code: "VALIDATION_FAILED" });
  });

  it("refuses a field of the body that stands in the path", async () => {
    const answer = await request(app).post(`${prefix}/things/7/approve`).send({ id: "8" });
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: "/id" }] });
  });

  it("keeps everything after the first question mark", async () => {
    expect((await request(app).get(`${prefix}/things?name=a?b`)).body).toMatchObject({ name: "a?b" });
  });

  it("refuses a path that cannot be decoded", async () => {
    const answer = await request(app).get(`${prefix}/things/%E0%A4%A`);
    expect(answer.body).toMatchObject({ status: 400, code: "VALIDATION_FAILED" });
  });

  it("refuses malformed JSON", async () => {
    const answer = await request(app)
      .post(`${prefix}/things`)
      .set("Content-Type", "application/json")
      .send('{"amount":');
    expect(answer.body).toMatchObject({ status: 400, code: "MALFORMED_JSON" });
  });
});

describe("bodies", () => {
  it.each([
    "text/plain",
    "application/xml",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
  ])("refuses %s with 415", async (type) => {
    const answer = await request(app).post(`${prefix}/things`).set("Content-Type", type).send("amount=1");
    expect(answer.body).toMatchObject({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE" });
  });

  it("refuses a charset or an encoding that nobody knows with 415", async () => {
    const charset = await request(app)
      .post(`${prefix}/things`)
      .set("Content-Type", "application/json; charset=nonsense")
      .send("{}");
    const encoding = await request(app)
      .post(`${prefix}/things`)
      .set("Content-Type", "application/json")
      .set("Content-Encoding", "nonsense")
      .send("{}");
    expect([charset.status, encoding.status]).toEqual([415, 415]);
  });

  it("takes a body of exactly the limit, and refuses one byte more with 413", async () => {
    const bodyOf = (size: number) => JSON.stringify({ text: "a".repeat(size - '{"text":""}'.length) });
    const post = (size: number) =>
      request(app).post(`${prefix}/messages`).set("Content-Type", "application/json").send(bodyOf(size));
    expect((await post(kilobyte)).status).toBe(202);
    expect((await post(kilobyte + 1)).body).toMatchObject({
      status: 413,
      code: "PAYLOAD_TOO_LARGE",
      detail: "The body may have at most 1024 bytes",
    });
  });
});

describe("methods", () => {
  it.each([
    ["delete", "/things", "GET, HEAD, OPTIONS, POST"],
    ["put", "/things/count", "GET, HEAD, OPTIONS"],
    ["get", "/things/7/approve", "OPTIONS, POST"],
    ["patch", "/sign", "GET, HEAD, OPTIONS, POST"],
  ] as const)("%s %s is 405 and says what is allowed", async (method, path, allow) => {
    const answer = await request(app)[method](`${prefix}${path}`);
    expect(answer.body).toMatchObject({ status: 405, code: "METHOD_NOT_ALLOWED" });
    expect(answer.headers["allow"]).toBe(allow);
  });

  it("answers OPTIONS with what is allowed", async () => {
    const answer = await request(app).options(`${prefix}/things`);
    expect([answer.status, answer.headers["allow"]]).toEqual([204, "GET, HEAD, OPTIONS, POST"]);
  });

  it("answers HEAD as GET, without the body", async () => {
    const answer = await request(app).head(`${prefix}/things/count`);
    expect(answer.status).toBe(200);
    expect(answer.text).toBeUndefined();
    expect((await request(app).head(`${prefix}/things?x=1`)).status).toBe(400);
  });

  it.each([
    "/",
    "/thing",
    "/things/7/approve/now",
    "/THINGS",
    "/things/",
    "//things",
    "/%74hings",
    "/things/./count",
    "/things//approve",
    "/things/7/approve/",
    "/things;a=1",
  ])("%s is 404", async (path) => {
    expect((await request(app).get(`${prefix}${path}`)).body).toMatchObject({
      status: 404,
      code: "NOT_FOUND",
      instance: `${prefix}${path}`,
    });
  });
});

describe("the idempotency key", () => {
  const post = (body: object, key?: string) => {
    const sending = request(app).post(`${prefix}/messages`);
    return (key === undefined ? sending : sending.set("Idempotency-Key", key)).send(body);
  };

  it("comes from the header or the body", async () => {
    expect((await post({ text: "a" }, "one")).body).toEqual({ idempotencyKey: "one" });
    expect((await post({ text: "a", idempotencyKey: "two" })).body).toEqual({ idempotencyKey: "two" });
    expect((await post({ text: "a", idempotencyKey: "two" }, "two")).body).toEqual({ idempotencyKey: "two" });
  });

  it("may not differ between both, and is held to the field's rules", async () => {
    const differing = await post({ text: "a", idempotencyKey: "two" }, "one");
    const long = await post({ text: "a" }, "a".repeat(11));
    expect(differing.body).toMatchObject({ status: 400, errors: [{ pointer: "/idempotencyKey" }] });
    expect(long.body).toMatchObject({ status: 400, errors: [{ pointer: "/idempotencyKey" }] });
  });
});

describe("a route for forms", () => {
  it("takes JSON, a form and a query", async () => {
    const json = await request(app).post(`${prefix}/sign`).send({ socket_id: "1.2" });
    const form = await request(app).post(`${prefix}/sign`).type("form").send("socket_id=1.2");
    const query = await request(app).get(`${prefix}/sign?socket_id=1.2`);
    expect([json.body, form.body, query.body]).toEqual([
      { socket_id: "1.2" },
      { socket_id: "1.2" },
      { socket_id: "1.2" },
    ]);
  });

  it("refuses a field twice or unknown in a form", async () => {
    const twice = await request(app).post(`${prefix}/sign`).type("form").send("socket_id=1&socket_id=2");
    const unknown = await request(app).post(`${prefix}/sign`).type("form").send("socket_id=1&x=2");
    expect([twice.body.errors[0].pointer, unknown.body.errors[0].pointer]).toEqual(["/socket_id", "/x"]);
  });
});

describe("errors", () => {
  it("are problem details with the request's id", async () => {
    const answer = await request(app).get(`${prefix}/refuse`).set("X-Request-Id", "my-request-1");
    expect(answer.type).toBe("application/problem+json");
    expect(answer.headers).toMatchObject({ "retry-after": "7", "x-request-id": "my-request-1" });
    expect(answer.body).toEqual({
      type: "urn:tocsin:problem:unavailable",
      title: "Temporarily unavailable",
      status: 503,
      detail: "Later",
      instance: `${prefix}/refuse`,
      requestId: "my-request-1",
      code: "UNAVAILABLE",
    });
  });

  it("that nobody foresaw say nothing but the id, and stand in the log", async () => {
    const answer = await request(app).get(`${prefix}/fail`);
    expect(answer.body).toEqual({
      type: "urn:tocsin:problem:internal-error",
      title: "Internal error",
      status: 500,
      detail: "Internal error",
      instance: `${prefix}/fail`,
      requestId: answer.headers["x-request-id"],
      code: "INTERNAL_ERROR",
    });
    expect(lines).toEqual([expect.objectContaining({ level: "error", message: "A procedure failed" })]);
  });

  it("of an answer that breaks its own contract are internal too", async () => {
    const answer = await request(app).get(`${prefix}/lie`);
    expect(answer.body).toMatchObject({ status: 500, code: "INTERNAL_ERROR", detail: "Internal error" });
    expect(answer.body.errors).toBeUndefined();
  });

  it("ask for a token where one is needed", async () => {
    const answer = await request(app).get(`${prefix}/closed`);
    expect(answer.body).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
  });
});
