import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { givenNotificationOf } from "../../apps/api/src/testing/given-notification.ts";
import type { TestUser } from "../../apps/api/src/testing/test-app.ts";
import { routes, serveApp, type ServedApp } from "./support/served-app.ts";

/**
 * Things that belong to one person, by the start of their routes, with how one is made. Everything else with an id is
 * there for whoever holds the permission that its route declares.
 */
const makers: Readonly<Record<string, (owner: TestUser) => Promise<string>>> = {
  "/users/me/devices/{id}": async ({ accessToken }) => {
    const body = { platform: "fcm", token: newId() };
    const created = await app.call("POST", "/api/v1/users/me/devices", { token: accessToken, body });
    return String(created.body.id);
  },
  "/notifications/{id}": ({ id }) => givenNotificationOf(app.services, id),
};

/** What a route needs beside the id, where it needs anything. */
const bodies: Readonly<Record<string, object>> = {
  "POST /notifications/{id}/webview-action": { action: "opened" },
  "POST /notifications/{id}/receipt": { type: "displayed" },
};

/** Requirements that everybody meets for what is theirs: the permission alone does not protect another's. */
const personalRequirements = new Set(["authenticated", "notifications:read", "notifications:acknowledge"]);

const personalRoutes = routes.filter(
  ({ path, meta }) => path.includes("{") && personalRequirements.has(meta.requires ?? "authenticated"),
);

let app: ServedApp;
let owner: TestUser;
let other: TestUser;

beforeAll(async () => {
  app = await serveApp();
  [owner, other] = [await app.login("Operator"), await app.login("Operator")];
});

afterAll(() => app.close());

/** A thing of the owner's, for a route. */
async function givenThing(path: string): Promise<string> {
  const [, make] = Object.entries(makers).find(([start]) => path.startsWith(start)) ?? [];
  if (!make) throw new Error(`Say in this test how the thing of ${path} is made`);
  return make(owner);
}

/** All that stands in the tables of what is personal. */
async function snapshot(): Promise<unknown> {
  const { db } = app.services;
  const rows = await Promise.all([
    db.notification.findMany({ orderBy: { id: "asc" } }),
    db.notificationRecipient.findMany({ orderBy: [{ userId: "asc" }, { notificationId: "asc" }] }),
    db.userInbox.findMany({ orderBy: { userId: "asc" } }),
    db.device.findMany({ orderBy: { id: "asc" } }),
  ]);
  return rows;
}

describe("what belongs to one person", () => {
  it("is behind some route", () => {
    expect(personalRoutes.length).toBeGreaterThan(0);
  });

  it.each(personalRoutes)("$name: is not there for another, and stays as it was", async (route) => {
    const path = `/api/v1${route.path.replace("{id}", await givenThing(route.path))}`;
    const before = await snapshot();
    const request = { ...(bodies[route.name] && { body: bodies[route.name] as object }) };
    const refused = await app.call(route.method, path, { token: other.accessToken, ...request });
    expect(refused.body).toMatchObject({ status: 404 });
    expect(refused.text).not.toContain(owner.id);
    expect(await snapshot()).toEqual(before);
    const answered = await app.call(route.method, path, { token: owner.accessToken, ...request });
    expect(answered.status).toBeLessThan(300);
  });
});
