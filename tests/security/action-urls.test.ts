import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestUser } from "../../apps/api/src/testing/test-app.ts";
import { serveApp, type ServedApp } from "./support/served-app.ts";

let app: ServedApp;
let admin: TestUser;

beforeAll(async () => {
  app = await serveApp();
  admin = await app.login("Admin");
});

afterAll(() => app.close());

const create = (url: string) =>
  app.call("POST", "/api/v1/rules", {
    token: admin.accessToken,
    body: {
      ...{ name: "A rule", condition: "event.type == 'a'", targetRoles: ["Operator"] },
      action: { label: "Open", url },
    },
  });

describe("the link of an alert", () => {
  it.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)//https://",
    "java\tscript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:msgbox(1)",
    "file:///etc/passwd",
    "http://example.com",
    "//example.com",
    "{{ event.payload.url }}",
  ])("is refused where it is %j", async (url) => {
    expect((await create(url)).body).toMatchObject({
      status: 400,
      code: "VALIDATION_FAILED",
      errors: [{ pointer: "/action/url" }],
    });
    expect(await app.services.db.rule.count()).toBe(0);
  });

  it.each([
    "https://{{ event.host }}/x",
    "https://admin.example.com{{ event.path }}",
    "https://admin.example.com:{{ event.port }}/",
    "https://{{ event.user }}@admin.example.com/",
    "https://admin.example.com/a/../{{ event.ref }}",
  ])("is refused where an event would choose where it leads: %j", async (url) => {
    const refused = { status: 422, code: "INVALID_TEMPLATE" };
    expect((await create(url)).body).toMatchObject({ ...refused, errors: [{ pointer: "/action/url" }] });
    expect(await app.services.db.rule.count()).toBe(0);

    const rule = (await create("https://admin.example.com/")).body as { id: string };
    const action = { label: "Open", url };
    const put = { token: admin.accessToken, body: { action } };
    expect((await app.call("PUT", `/api/v1/rules/${rule.id}`, put)).body).toMatchObject(refused);
    const draft = { condition: "true", action };
    const test = { token: admin.accessToken, body: { draft, event: { type: "a" } } };
    expect((await app.call("POST", "/api/v1/rules/test", test)).body).toMatchObject({
      ...refused,
      errors: [{ pointer: "/draft/action/url" }],
    });
    const validate = { token: admin.accessToken, body: draft };
    expect((await app.call("POST", "/api/v1/rules/validate", validate)).body).toMatchObject({
      valid: false,
      errors: [{ pointer: "/action/url" }],
    });
    await app.services.db.rule.deleteMany();
  });

  it("may lead where a browser goes by https", async () => {
    expect((await create("https://example.com/{{ event.payload.id }}")).status).toBe(201);
  });
});
