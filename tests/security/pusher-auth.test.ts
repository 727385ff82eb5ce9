import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestUser } from "../../apps/api/src/testing/test-app.ts";
import { serveApp, type ServedApp } from "./support/served-app.ts";

const path = "/api/v1/users/me/pusher-auth";

let app: ServedApp;
let user: TestUser;

beforeAll(async () => {
  app = await serveApp();
  user = await app.login("Operator");
});

afterAll(() => app.close());

const own = () => `private-user-${user.id}`;

async function codeOf(fields: object, token = user.accessToken): Promise<unknown> {
  const { body } = await app.call("POST", path, { token, body: { socket_id: "1.2", ...fields } });
  return body["code"] ?? body["auth"];
}

describe("pusher-auth", () => {
  it("signs one's own channel", async () => {
    expect(await codeOf({ channel_name: own() })).toMatch(/^key:[0-9a-f]{64}$/);
  });

  it.each<[string, () => unknown]>([
    ["another user's", () => `private-user-${newId()}`],
    ["one's own in capitals", () => own().toUpperCase()],
    ["one's own with something behind it", () => `${own()}-x`],
    ["one's own with a line break behind it", () => `${own()}\n`],
    ["one's own with a blank before it", () => ` ${own()}`],
    ["a presence channel", () => `presence-user-${user.id}`],
    ["an encrypted channel", () => `private-encrypted-user-${user.id}`],
    ["a channel without a user", () => "private-user-"],
  ])("does not sign %s", async (_what, channel) => {
    expect(await codeOf({ channel_name: channel() })).toBe("CHANNEL_FORBIDDEN");
  });

  it.each([[["a"]], [{ a: 1 }], [7], [""], [null]])("refuses %j as a channel", async (channel) => {
    expect(await codeOf({ channel_name: channel })).toBe("VALIDATION_FAILED");
  });

  it.each(["1", "1.2\n", "1.2:private-user-x", "a.b", "1.2 ", ""])(
    "refuses the socket id %j, which would forge what is signed",
    async (socket_id) => {
      expect(await codeOf({ socket_id, channel_name: own() })).toBe("VALIDATION_FAILED");
    },
  );

  it("refuses two channels in a form: nobody knows which was meant", async () => {
    const body = `socket_id=1.2&channel_name=${own()}&channel_name=private-user-${newId()}`;
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    const answer = await app.call("POST", path, { token: user.accessToken, body, headers });
    expect(answer.body).toMatchObject({ status: 400, code: "VALIDATION_FAILED" });
  });

  it.each([
    ["logout", (some: TestUser) => ["/auth/logout", { refreshToken: some.refreshToken }] as const],
    ["disabling", (some: TestUser) => [`/users/${some.id}/disable`, undefined] as const],
  ])("ends with %s, at the next call", async (_what, change) => {
    const [admin, some] = [await app.login("Admin"), await app.login("Operator")];
    const channel_name = `private-user-${some.id}`;
    expect(await codeOf({ channel_name }, some.accessToken)).toMatch(/^key:/);
    const [route, body] = change(some);
    const changed = await app.call("POST", `/api/v1${route}`, {
      token: admin.accessToken,
      ...(body && { body }),
    });
    expect(changed.status).toBe(200);
    expect(await codeOf({ channel_name }, some.accessToken)).toBe("UNAUTHENTICATED");
  });
});
