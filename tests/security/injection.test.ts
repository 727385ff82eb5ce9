import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { routeFields } from "../../apps/api/src/testing/route-fields.ts";
import type { TestUser } from "../../apps/api/src/testing/test-app.ts";
import { routes, serveApp, type ServedApp } from "./support/served-app.ts";

const attempts = [
  "' OR '1'='1",
  "1; DROP TABLE user; --",
  "a' UNION SELECT passwordHash FROM user -- ",
  "id DESC, (SELECT SLEEP(3))",
  "1) OR SLEEP(3)=0 -- ",
  "%' OR name LIKE '%",
  '{"$ne":null}',
  "\\' OR 1=1 #",
];

/** Every field that a list or a lookup takes from the query. */
const queryFields = routes
  .filter(({ method }) => method === "GET")
  .flatMap((route) => routeFields(route).map((field) => ({ name: route.name, path: route.path, field })));

let app: ServedApp;
let admin: TestUser;

beforeAll(async () => {
  app = await serveApp();
  admin = await app.login("Admin");
  for (const source of ["one", "two", "three"]) {
    await app.call("POST", "/api/v1/events", {
      token: admin.accessToken,
      body: { type: "a", source, payload: {} },
    });
  }
});

afterAll(() => app.close());

describe("SQL in a query", () => {
  it("is tried on fields that there are", () => {
    expect(queryFields.length).toBeGreaterThan(20);
  });

  it.each(queryFields)("$name?$field=… is text, or refused", async ({ path, field }) => {
    const filled = `/api/v1${path.replace(/\{\w+\}/, "0198c0de-0000-7000-8000-000000000000")}`;
    for (const attempt of attempts) {
      const answer = await app.call("GET", `${filled}?${field}=${encodeURIComponent(attempt)}`, {
        token: admin.accessToken,
      });
      expect([200, 400, 404, 422]).toContain(answer.status);
      // Nothing is called like this: a list that it finds anything for took it for SQL.
      if (answer.status === 200) expect(answer.body["items"] ?? []).toEqual([]);
      expect(answer.text).not.toMatch(/\$2[aby]\$|syntax|sql/i);
    }
  });

  it("left everything where it was", async () => {
    expect(await app.services.db.user.count()).toBe(1);
    expect(await app.services.db.event.count()).toBe(3);
  });
});
