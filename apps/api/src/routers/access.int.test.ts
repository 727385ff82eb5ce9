import { apiKeyScopes, isPermitted, systemRoles } from "@tocsin/contracts/permissions";
import type { Requirement } from "@tocsin/core/context";
import request from "supertest";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RestRoute, restRoutes } from "../rest/routes.ts";
import { createTestApp, type RoleName, type TestApp, type TestUser } from "../testing/test-app.ts";
import type { ProcedureMeta } from "../trpc/init.ts";
import { v1Router } from "./v1.ts";

/** What each procedure needs: changing one is a decision, and a new one has to be written down here. */
const expectedRequirements: Record<string, Requirement> = {
  "apiKeys.create": "api-keys:manage",
  "apiKeys.list": "api-keys:manage",
  "apiKeys.get": "api-keys:manage",
  "apiKeys.rotate": "api-keys:manage",
  "apiKeys.revoke": "api-keys:manage",
  "auth.register": "public",
  "auth.login": "public",
  "auth.refresh": "public",
  "auth.logout": "public",
  "auth.logoutEverywhere": "authenticated",
  "config.realtime": "public",
  "drills.start": "rules:manage",
  "drills.report": "rules:manage",
  "drills.testNotification": "authenticated",
  "notifications.explain": "notifications:read",
  "notifications.deliveries": "notifications:read-all",
  "devices.list": "authenticated",
  "devices.register": "authenticated",
  "devices.remove": "authenticated",
  "devices.setPushTokens": "authenticated",
  "users.preferences": "authenticated",
  "users.updatePreferences": "authenticated",
  "notifications.receipt": "notifications:read",
  "webhooks.pusher": "public",
  "deadLetters.list": "events:read",
  "deadLetters.get": "events:read",
  "deadLetters.redriveAll": "dead-letters:manage",
  "deadLetters.redrive": "dead-letters:manage",
  "deadLetters.discard": "dead-letters:manage",
  "silences.create": "silences:manage",
  "silences.list": "silences:read",
  "silences.get": "silences:read",
  "silences.update": "silences:manage",
  "silences.end": "silences:manage",
  "sounds.upload": "sounds:manage",
  "sounds.list": "sounds:read",
  "sounds.get": "sounds:read",
  "sounds.delete": "sounds:manage",
  "system.status": "system:status",
  "events.list": "events:read",
  "events.send": "events:send",
  "events.sendBatch": "events:send",
  "events.get": "events:read",
  "events.explain": "events:read",
  "notifications.list": "notifications:read",
  "notifications.unreadCount": "notifications:read",
  "notifications.get": "notifications:read",
  "notifications.sync": "notifications:read",
  "notifications.read": "notifications:read",
  "notifications.archive": "notifications:read",
  "notifications.readMany": "notifications:read",
  "notifications.acknowledgeMany": "notifications:acknowledge",
  "notifications.archiveMany": "notifications:read",
  "notifications.delete": "notifications:read",
  "notifications.webviewAction": "notifications:read",
  "notifications.acknowledge": "notifications:acknowledge",
  "roles.list": "roles:read",
  "roles.get": "roles:read",
  "roles.create": "roles:manage",
  "roles.update": "roles:manage",
  "roles.delete": "roles:manage",
  "audit.list": "audit:read",
  "audit.export": "audit:read",
  "auth.resetPassword": "public",
  "users.reject": "users:manage",
  "users.disable": "users:manage",
  "users.enable": "users:manage",
  "users.setRoles": "users:manage",
  "users.allowPasswordReset": "users:manage",
  "users.get": "users:read",
  "users.updateMe": "authenticated",
  "users.changePassword": "authenticated",
  "rules.create": "rules:manage",
  "rules.list": "rules:read",
  "rules.get": "rules:read",
  "rules.validate": "rules:read",
  "rules.test": "rules:read",
  "rules.backtest": "rules:manage",
  "rules.update": "rules:manage",
  "rules.delete": "rules:manage",
  "rules.listVersions": "rules:read",
  "rules.rollback": "rules:manage",
  "users.list": "users:read",
  "users.listPending": "users:manage",
  "users.approve": "users:manage",
  "users.me": "authenticated",
  "users.pusherAuth": "authenticated",
  "users.pusherUserAuth": "authenticated",
  "transferBuckets.create": "buckets:manage",
  "transferBuckets.list": "buckets:read",
  "transferBuckets.get": "buckets:read",
  "transferBuckets.changeThreshold": "buckets:manage",
  "transferBuckets.setBalance": "buckets:manage",
  "transferBuckets.adjustBalance": "buckets:manage",
  "transferBuckets.listEntries": "buckets:read",
};

const procedures = v1Router._def.procedures as unknown as Record<string, { _def: { meta?: ProcedureMeta } }>;
const routes = restRoutes(v1Router).map((route) => ({ ...route, name: route.procedure.join(".") }));
const roles = Object.keys(systemRoles) as RoleName[];

let testApp: TestApp;
const users = new Map<string, TestUser>();

beforeAll(async () => {
  testApp = await createTestApp();
  for (const role of roles) users.set(role, await testApp.login(role));
  users.set("no role", await testApp.login());
});

afterAll(() => testApp.close());

/** A session of this role; one of its own where the call would end it for the calls after. */
async function tokenOf(role: string, { name }: { name: string }): Promise<string | undefined> {
  if (name !== "auth.logoutEverywhere") return users.get(role)?.accessToken;
  return (await testApp.login(...roles.filter((one) => one === role))).accessToken;
}

function call(route: RestRoute, token?: string) {
  const path = `/api/v1${route.path.replace("{id}", "0198c0de-0000-7000-8000-000000000000")}`;
  const method = route.method.toLowerCase() as "get" | "post" | "put" | "delete";
  const asking = request(testApp.app)[method](path);
  return token === undefined ? asking : asking.set("Authorization", `Bearer ${token}`);
}

describe("requirements", () => {
  it("are declared by every procedure, as written down here", () => {
    const declared = Object.entries(procedures).map(([name, { _def }]) => [name, _def.meta?.requires]);
    expect(Object.fromEntries(declared)).toEqual(expectedRequirements);
  });

  it("belong to procedures that REST serves too", () => {
    expect(routes.map(({ name }) => name).toSorted()).toEqual(Object.keys(expectedRequirements).toSorted());
  });
});

describe("without a token", () => {
  const closed = routes.filter(({ meta }) => meta.requires !== "public");
  const open = routes.filter(({ meta }) => meta.requires === "public");

  it.each(closed)("$method $path refuses", async (route) => {
    const answer = await call(route);
    expect(answer.body).toMatchObject({ status: 401, code: "UNAUTHENTICATED" });
    expect(answer.headers["www-authenticate"]).toBe("Bearer");
  });

  it.each(open)("$method $path does not ask for one, nor look at it", async (route) => {
    expect((await call(route, "nonsense")).status).not.toBe(401);
  });
});

describe.each([...roles, "no role"])("%s", (role) => {
  const granted: readonly string[] = role in systemRoles ? systemRoles[role as RoleName].permissions : [];
  const isAllowed = ({ name }: { name: string }) => {
    const requirement = expectedRequirements[name] ?? "public";
    return requirement === "public" || requirement === "authenticated" || isPermitted(granted, requirement);
  };

  it.each(routes.filter(isAllowed))("may $method $path", async (route) => {
    const { status } = await call(route, await tokenOf(role, route));
    expect([401, 403]).not.toContain(status);
  });

  it.each(routes.filter((route) => !isAllowed(route)))("may not $method $path", async (route) => {
    const { body } = await call(route, await tokenOf(role, route));
    expect(body).toMatchObject({ status: 403, code: "UNAUTHORIZED_ROLE" });
  });
});

describe("an API key with every scope", () => {
  let secret: string;

  beforeAll(async () => {
    const answer = await request(testApp.app)
      .post("/api/v1/api-keys")
      .set("Authorization", `Bearer ${users.get("Admin")?.accessToken}`)
      .send({ name: "All", scopes: apiKeyScopes });
    secret = (answer.body as { secret: string }).secret;
  });

  const isAllowed = ({ name }: { name: string }) => {
    const requirement = expectedRequirements[name] ?? "public";
    return requirement === "public" || (apiKeyScopes as readonly string[]).includes(requirement);
  };

  it.each(routes.filter(isAllowed))("may $method $path", async (route) => {
    const { status } = await call(route, secret);
    expect([401, 403]).not.toContain(status);
    expect(status).toBeLessThan(500);
  });

  it.each(routes.filter((route) => !isAllowed(route)))("may not $method $path", async (route) => {
    const { body } = await call(route, secret);
    expect(body).toMatchObject({ status: 403, code: "UNAUTHORIZED_ROLE" });
  });
});
