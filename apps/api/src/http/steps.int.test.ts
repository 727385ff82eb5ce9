import { gzipSync } from "node:zlib";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, request as askRaw, type Server } from "node:http";
import type { Requirement } from "@tocsin/core/context";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createApp } from "../app.ts";
import { createApiMetrics } from "../metrics/api-metrics.ts";
import { restRoutes } from "../rest/routes.ts";
import { v1Router } from "../routers/v1.ts";
import { recordingLog } from "../testing/stub-services.ts";
import { createTestApp, testEnv, type TestApp, type TestUser } from "../testing/test-app.ts";

const routes = restRoutes(v1Router);
const procedures = Object.entries(
  v1Router._def.procedures as unknown as Record<
    string,
    { _def: { type: string; meta?: { requires?: Requirement } } }
  >,
).map(([name, { _def }]) => ({ name, type: _def.type, requires: _def.meta?.requires ?? "authenticated" }));
const id = "0198c0de-0000-7000-8000-000000000000";

let testApp: TestApp;
let user: TestUser;
const servers: Server[] = [];

beforeAll(async () => {
  testApp = await createTestApp();
  user = await testApp.login();
});

beforeEach(() => testApp.services.redis.flushdb());

afterAll(async () => {
  for (const server of servers) server.close();
  await testApp.close();
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

interface Asked {
  method: string;
  path: string;
  token?: string | undefined;
  headers?: Record<string, string>;
  /** What is sent behind the headers. */
  body?: string | Buffer;
  /** Where only the headers are sent, whatever they announce. */
  isHeldBack?: boolean;
}

/** A process of the API, and what it measured. */
async function startProcess(env: Readonly<Record<string, string>> = {}) {
  const metrics = createApiMetrics(testApp.services.pool);
  const { services } = testApp;
  const server = createServer(createApp({ env: testEnv(env), services, metrics, isStopping: () => false }));
  servers.push(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const ask = ({ method, path, token, headers, body = "", isHeldBack }: Asked) =>
    new Promise<Answer>((resolve, reject) => {
      const asking = askRaw({
        ...{ port, method, path, host: "127.0.0.1" },
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(body !== "" && { "content-length": String(Buffer.byteLength(body)) }),
          ...headers,
        },
      });
      asking.on("error", reject);
      asking.on("response", (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (piece: string) => (text += piece));
        answer.on("end", () => {
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text });
          if (isHeldBack) asking.destroy();
        });
      });
      if (isHeldBack) asking.flushHeaders();
      else asking.end(body);
    });
  return { ask, metrics };
}

/** Every way to ask for something that somebody has to be known for. */
const closed: (Asked & { requires: Requirement })[] = [
  ...routes.map(({ method, path, meta }) => ({
    ...{
      method,
      path: `/api/v1${path.replaceAll(/\{\w+\}/g, id)}`,
      requires: meta.requires ?? "authenticated",
    },
  })),
  ...procedures.map(({ name, requires }) => ({ method: "POST", path: `/trpc/${name}`, requires })),
  ...procedures.map(({ name, requires }) => ({
    method: "POST",
    path: `/trpc/auth.login,${name}?batch=1`,
    requires,
  })),
].filter(({ requires }) => requires !== "public");

const bodies: [string, Pick<Asked, "headers" | "body" | "isHeldBack">][] = [
  [
    "a body that never comes",
    { headers: { "content-type": "application/json", "content-length": "90000" }, isHeldBack: true },
  ],
  [
    "a packed body that never comes",
    {
      headers: {
        "content-type": "application/json",
        "content-encoding": "gzip",
        "transfer-encoding": "chunked",
      },
      isHeldBack: true,
    },
  ],
  [
    "CloudEvents that never come",
    {
      headers: { "content-type": "application/cloudevents+json", "content-length": "90000" },
      isHeldBack: true,
    },
  ],
  [
    "a form that never comes",
    {
      headers: { "content-type": "multipart/form-data; boundary=x", "content-length": "90000" },
      isHeldBack: true,
    },
  ],
  ["broken JSON", { headers: { "content-type": "application/json" }, body: "{" }],
  ["another type", { headers: { "content-type": "text/plain" }, body: "a" }],
  [
    "another encoding",
    { headers: { "content-type": "application/json", "content-encoding": "zip" }, body: "a" },
  ],
  [
    "too large a body",
    { headers: { "content-type": "application/json", "content-length": "99999999" }, isHeldBack: true },
  ],
];

describe("nobody unknown has a body read, on any route or procedure", () => {
  it.each(bodies)(
    "%s is answered by 401",
    async (_name, sent) => {
      const { ask } = await startProcess();
      for (const { method, path } of closed) {
        for (const token of [undefined, "wrong", `tk_${"0".repeat(12)}_${"x".repeat(43)}`]) {
          const answer = await ask({ method, path, token, ...sent });
          expect([method, path, answer.status]).toEqual([method, path, 401]);
        }
      }
    },
    120_000,
  );

  it("nor is one of somebody who may not: 403", async () => {
    const { ask } = await startProcess();
    for (const { method, path, requires } of closed) {
      if (requires === "authenticated" || path.includes("batch=1")) continue;
      const [, sent] = bodies[0] ?? [];
      const answer = await ask({ method, path, token: user.accessToken, ...sent });
      expect([method, path, answer.status]).toEqual([method, path, 403]);
    }
  }, 60_000);

  it("and where everybody may ask, bodies are small, packed or not", async () => {
    const { ask } = await startProcess();
    const open = routes.filter(({ meta, method }) => meta.requires === "public" && method === "POST");
    expect(open.length).toBeGreaterThan(3);
    for (const { path, meta } of open) {
      const limit = meta.bodyLimit ?? 16 * 1024;
      const body = `{"a":"${"x".repeat(limit)}"}`;
      const headers = { "content-type": "application/json" };
      const asked = { method: "POST", path: `/api/v1${path}` };
      const plain = await ask({ ...asked, headers, body });
      const packed = await ask({
        ...asked,
        headers: { ...headers, "content-encoding": "gzip" },
        body: gzipSync(body),
      });
      expect([path, plain.status, packed.status]).toEqual([path, 413, 413]);
    }
  });
});

describe("a path has one spelling", () => {
  const spellings: ((path: string) => string)[] = [
    (path) => `${path}/`,
    (path) => path.toUpperCase(),
    (path) => path.replace(/\/(\w)/, "//$1"),
    (path) =>
      path.replace(/\/(\w)(?=\w*$)/, (_all, letter: string) => `/%${letter.charCodeAt(0).toString(16)}`),
    (path) => `${path}/.`,
    (path) => `/.${path}`,
    (path) => path.replace("/api/v1", "/api/v1/x/..").replace("/trpc", "/trpc/x"),
  ];

  it("whatever else is typed is not found, and is no other route to metrics", async () => {
    const { ask, metrics } = await startProcess();
    const paths = [
      ...routes.map(({ path }) => `/api/v1${path}`).filter((path) => !path.includes("{")),
      ...procedures.map(({ name }) => `/trpc/${name}`),
    ];
    for (const path of paths) {
      for (const spell of spellings) {
        const typed = spell(path);
        if (typed === path) continue;
        const answer = await ask({ method: "POST", path: typed, token: user.accessToken });
        // Beside a route with an id it is taken for an id, which none of these methods is for.
        expect([typed, answer.status]).toEqual([typed, expect.toBeOneOf([404, 405])]);
      }
    }
    const text = await metrics.registry.metrics();
    const labels = [...text.matchAll(/tocsin_http_request_duration_seconds_count\{.*?route="(.*?)"/g)].map(
      ([, route]) => route,
    );
    expect(labels).toContain("unmatched");
    expect(labels.filter((label) => paths.includes(label ?? ""))).toEqual([]);
  }, 120_000);

  it("a parameter in another spelling is the same route, and the same request to an idempotency key", async () => {
    const { ask } = await startProcess();
    const admin = await testApp.login("Admin");
    const target = await testApp.login();
    const disable = (spelled: string) =>
      ask({
        method: "POST",
        path: `/api/v1/users/${spelled}/disable`,
        token: admin.accessToken,
        headers: { "idempotency-key": "once" },
      });
    const first = await disable(target.id);
    const again = await disable(`%${target.id.charCodeAt(0).toString(16)}${target.id.slice(1)}`);
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.headers["idempotent-replayed"]).toBe("true");
  });
});

describe("metrics", () => {
  it("know each route by the name it was declared with, also where it refuses", async () => {
    const { ask, metrics } = await startProcess();
    for (const { method, path } of closed) await ask({ method, path });
    const text = await metrics.registry.metrics();
    const labels = new Set(
      [...text.matchAll(/refusals_total\{route="(.*?)",code="UNAUTHENTICATED"/g)].map(([, route]) => route),
    );
    const declared = new Set([
      ...routes.filter(({ meta }) => meta.requires !== "public").map(({ path }) => `/api/v1${path}`),
      ...procedures.filter(({ requires }) => requires !== "public").map(({ name }) => `/trpc/${name}`),
      "/trpc",
    ]);
    expect(labels).toEqual(declared);
  }, 60_000);
});

describe("limits", () => {
  const login = { method: "POST", headers: { "content-type": "application/json" }, body: "{}" };

  it("count each call of a batch", async () => {
    const { ask } = await startProcess({ AUTH_RATE_LIMIT_PER_MINUTE: "3" });
    const batch = { ...login, path: "/trpc/auth.login,auth.login?batch=1", body: '{"0":{},"1":{}}' };
    expect((await ask(batch)).status).toBe(400);
    expect((await ask(batch)).status).toBe(429);
    expect((await ask({ ...login, path: "/api/v1/auth/login" })).status).toBe(429);
  });

  it.each([
    [19, 200],
    [20, 200],
    [21, 400],
  ])("a batch of %i calls is answered by %i", async (count, status) => {
    const { ask } = await startProcess();
    const names = Array.from({ length: count }, () => "users.me").join(",");
    const answer = await ask({ method: "GET", path: `/trpc/${names}?batch=1`, token: user.accessToken });
    expect(answer.status).toBe(status);
  });

  it("count users by themselves, and strangers by their address", async () => {
    const { ask } = await startProcess({ RATE_LIMIT_PER_MINUTE: "2" });
    const other = await testApp.login();
    const me = async (token?: string) =>
      (await ask({ method: "GET", path: "/api/v1/users/me", token })).status;
    expect([await me(user.accessToken), await me(user.accessToken), await me(user.accessToken)]).toEqual([
      200, 200, 429,
    ]);
    expect([await me("wrong"), await me(), await me("wrong")]).toEqual([401, 401, 429]);
    expect(await me(other.accessToken)).toBe(200);
  });

  it("of logins are not used up by renewing and ending sessions", async () => {
    const { ask } = await startProcess({ AUTH_RATE_LIMIT_PER_MINUTE: "1" });
    for (const path of ["/api/v1/auth/refresh", "/api/v1/auth/logout", "/trpc/auth.refresh"]) {
      for (let time = 0; time < 3; time += 1) {
        expect((await ask({ ...login, path, body: '{"refreshToken":"x"}' })).status).not.toBe(429);
      }
    }
    expect((await ask({ ...login, path: "/api/v1/auth/login" })).status).toBe(400);
  });
});

describe("conditions and ranges", () => {
  it.each([
    { "if-none-match": "*" },
    { "if-modified-since": new Date().toUTCString() },
    { range: "bytes=0-1" },
    { "if-match": '"a"' },
  ])("are ignored: %j", async (headers) => {
    const { ask } = await startProcess();
    for (const path of ["/health", "/openapi.json", "/docs/assets/swagger-ui.css", "/api/v1/users/me"]) {
      const answer = await ask({ method: "GET", path, token: user.accessToken, headers });
      expect([path, answer.status]).toEqual([path, 200]);
    }
  });
});

describe("a proxy that nobody said is there", () => {
  it("is warned of once", async () => {
    const { log, lines } = recordingLog();
    const server = createServer(
      createApp({ env: testEnv(), services: { ...testApp.services, log }, isStopping: () => false }),
    );
    servers.push(server);
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const ask = () =>
      fetch(`http://127.0.0.1:${port}/health`, { headers: { "x-forwarded-for": "203.0.113.7" } });
    await Promise.all([ask(), ask(), ask()]);
    expect(lines.filter(({ message }) => message.includes("TRUST_PROXY"))).toHaveLength(1);
  });
});
