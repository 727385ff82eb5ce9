import { hashPassword } from "@tocsin/core/auth/hash-password";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestUser } from "../../apps/api/src/testing/test-app.ts";
import { routes, serveApp, type ServedApp } from "./support/served-app.ts";

/** Words that only the inside knows. */
const inside =
  /passwordHash|tokenHash|secretHash|sessionVersion|\$2[aby]\$|prisma|mariadb|sqlstate|SELECT |INSERT |node_modules|\.ts:\d+|at \w+ \(/i;

const reads = routes.filter(({ method }) => method === "GET");

let app: ServedApp;
let admin: TestUser;
let secrets: string[];

beforeAll(async () => {
  app = await serveApp();
  admin = await app.login("Admin");
  const { db } = app.services;
  const passwordHash = await hashPassword("a lighthouse keeper's umbrella");
  await db.user.update({ where: { id: admin.id }, data: { passwordHash } });
  const token = admin.accessToken;
  const reset = await app.call("POST", `/api/v1/users/${admin.id}/password-reset`, { token });
  if (reset.status !== 201) throw new Error("There is no token to look for");
  const key = await app.call("POST", "/api/v1/api-keys", {
    token,
    body: { name: "A", scopes: ["events:send"] },
  });
  if (key.status !== 201) throw new Error("There is no API key to look for");
  await app.call("POST", "/api/v1/events", { token, body: { type: "a", source: "b", payload: {} } });
  secrets = [
    passwordHash,
    admin.accessToken,
    admin.refreshToken,
    String(reset.body["token"]),
    String(key.body["secret"]),
  ];
});

afterAll(() => app.close());

/** Ids that are there, by the first part of a route's path; elsewhere one that is not. */
async function idFor(path: string): Promise<string> {
  if (path.startsWith("/users")) return admin.id;
  const { db } = app.services;
  if (path.startsWith("/api-keys")) return (await db.apiKey.findFirstOrThrow()).id;
  if (path.startsWith("/roles")) return (await db.role.findFirstOrThrow()).id;
  if (path.startsWith("/events")) return (await db.event.findFirstOrThrow()).id;
  return newId();
}

describe("what is answered", () => {
  it.each(reads)("$name holds no secret and nothing of the inside", async ({ path, meta }) => {
    const filled = path.replace(/\{\w+\}/, await idFor(path));
    const query = meta.formAndQuery ? `?socket_id=1.2&channel_name=private-user-${admin.id}` : "";
    const answer = await app.call("GET", `/api/v1${filled}${query}`, { token: admin.accessToken });
    expect(answer.status).toBeLessThan(500);
    // Who operates the system is told which database server it stands on.
    const told = path === "/status" ? answer.text.replace(/"engine":"(?:mysql|mariadb)"/, "") : answer.text;
    expect(told).not.toMatch(inside);
    for (const secret of secrets) expect(answer.text).not.toContain(secret);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
  });

  it.each(routes)("$name tells nothing of the inside when it refuses", async ({ method, path }) => {
    const filled = path.replace(/\{\w+\}/, "%27%20OR%201=1");
    const answer = await app.call(method, `/api/v1${filled}?nonsense=1`, { token: admin.accessToken });
    expect(answer.status).toBeLessThan(500);
    expect(answer.text).not.toMatch(inside);
  });
});
