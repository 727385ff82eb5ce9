import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestUser } from "../../apps/api/src/testing/test-app.ts";
import { routes, serveApp, type ServedApp } from "./support/served-app.ts";

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"];
const paths = [...new Set(routes.map(({ path }) => path))];
/** What takes JSON; forms with files have a test of their own: uploads.test.ts. */
const writes = routes.filter(({ method, meta }) => ["POST", "PUT"].includes(method) && !meta.uploads);

let app: ServedApp;
let admin: TestUser;

beforeAll(async () => {
  app = await serveApp({ CORS_ORIGINS: "https://admin.example.com" });
  admin = await app.login("Admin");
});

afterAll(() => app.close());

const filled = (path: string) =>
  `/api/v1${path.replaceAll(/\{\w+\}/g, "0198c0de-0000-7000-8000-000000000000")}`;

describe.each(paths)("%s", (path) => {
  it("says by OPTIONS what it takes, and refuses every other method with 405 and Allow", async () => {
    const options = await app.call("OPTIONS", filled(path));
    expect(options.status).toBe(204);
    const allowed = (options.headers.get("allow") ?? "").split(", ");
    for (const { method } of routes.filter((route) => route.path === path)) expect(allowed).toContain(method);
    expect(allowed.includes("HEAD")).toBe(allowed.includes("GET"));
    for (const method of methods.filter((one) => !allowed.includes(one))) {
      const refused = await app.call(method, filled(path), { token: admin.accessToken });
      expect([method, refused.status, refused.headers.get("allow")]).toEqual([
        ...[method, 405, options.headers.get("allow")],
      ]);
      if (method !== "HEAD") expect(refused.body).toMatchObject({ code: "METHOD_NOT_ALLOWED" });
    }
  });
});

describe.each(writes)("$name", ({ method, path, meta }) => {
  it("refuses a body of another type, one that is no JSON, and one that is too large", async () => {
    const request = { token: admin.accessToken };
    const xml = await app.call(method, filled(path), {
      ...{ ...request, body: "<a/>", headers: { "content-type": "application/xml" } },
    });
    expect(xml.body).toMatchObject({ status: 415, code: "UNSUPPORTED_MEDIA_TYPE" });
    const large = `{"a":"${"x".repeat((meta.bodyLimit ?? 100 * 1024) + 1)}"}`;
    expect((await app.call(method, filled(path), { ...request, body: large })).body).toMatchObject({
      ...{ status: 413, code: "PAYLOAD_TOO_LARGE" },
    });
    if (meta.requires === undefined) return;
    expect((await app.call(method, filled(path), { ...request, body: "{" })).body).toMatchObject({
      ...{ status: 400, code: "MALFORMED_JSON" },
    });
  });
});

describe("HEAD", () => {
  it("answers like GET, without the body, and asks for the same permission", async () => {
    const { accessToken: token } = await app.login();
    const me = await app.call("HEAD", "/api/v1/users/me", { token });
    expect([me.status, me.text]).toEqual([200, ""]);
    expect((await app.call("HEAD", "/api/v1/users", { token })).status).toBe(403);
    expect((await app.call("HEAD", "/api/v1/users")).status).toBe(401);
  });
});

describe("what is not there", () => {
  it.each(["/", "/api/v1", "/api/v2/users", "/api/v1/Users", "/api/v1/users/me/nothing", "/.env"])(
    "%s is a problem with 404",
    async (path) => {
      const answer = await app.call("GET", path, { token: admin.accessToken });
      expect(answer.headers.get("content-type")).toContain("application/problem+json");
      expect(answer.body).toMatchObject({ status: 404, code: "NOT_FOUND", instance: path });
    },
  );
});

describe("a preflight", () => {
  const preflight = (origin: string) =>
    app.call("OPTIONS", "/api/v1/rules", {
      headers: { origin, "access-control-request-method": "POST" },
    });

  it.each([
    "null",
    "https://admin.example.com.evil.com",
    "https://evil-admin.example.com",
    "http://admin.example.com",
    "https://admin.example.com:8443",
    "HTTPS://ADMIN.EXAMPLE.COM",
  ])("of %s is allowed nothing, and its name is not given back", async (origin) => {
    const { headers } = await preflight(origin);
    expect(headers.get("access-control-allow-origin")).toBeNull();
    expect(headers.get("access-control-allow-credentials")).toBeNull();
  });

  it("of a listed origin is allowed, for that origin alone", async () => {
    const { status, headers } = await preflight("https://admin.example.com");
    expect([status, headers.get("access-control-allow-origin"), headers.get("vary")]).toEqual([
      ...[204, "https://admin.example.com", expect.stringContaining("Origin")],
    ]);
  });
});

describe("X-Request-Id", () => {
  it.each([
    ["a".repeat(8), true],
    ["a".repeat(64), true],
    ["a".repeat(7), false],
    ["a".repeat(65), false],
    ["abcdefgh ijkl", false],
    ['abcdefgh","x":"', false],
  ])("%j is kept: %s", async (id, isKept) => {
    const answer = await app.call("GET", "/api/v1/nothing", { headers: { "x-request-id": id } });
    expect(answer.headers.get("x-request-id") === id).toBe(isKept);
    expect(answer.body["requestId"]).toBe(answer.headers.get("x-request-id"));
  });
});

describe("every kind of answer", () => {
  it.each([
    ["data", "GET", "/api/v1/users/me", 200],
    ["a problem", "GET", "/api/v1/nothing", 404],
    ["an accepted event", "POST", "/api/v1/events", 202],
    ["health", "GET", "/health", 200],
    ["the documentation", "GET", "/docs", 200],
    ["a call of the typed client", "GET", "/trpc/users.me", 200],
  ])("tells browsers what they must not do: %s", async (_kind, method, path, status) => {
    const event = { type: "edge", source: "test", payload: {} };
    const body = method === "POST" ? { body: event } : {};
    const answer = await app.call(method, path, { token: admin.accessToken, ...body });
    const { headers } = answer;
    expect(answer.status).toBe(status);
    expect(Object.fromEntries(headers)).toMatchObject({
      "content-security-policy": expect.stringContaining("default-src 'self'"),
      "strict-transport-security": expect.stringMatching(/^max-age=\d{8}/),
      "x-content-type-options": "nosniff",
      "x-frame-options": "SAMEORIGIN",
      "referrer-policy": "no-referrer",
    });
    expect(headers.get("x-powered-by")).toBeNull();
  });
});
