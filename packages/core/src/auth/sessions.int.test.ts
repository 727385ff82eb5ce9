import { createSecretKey, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newId } from "@tocsin/db/ids";
import jwt from "jsonwebtoken";
import type { Context } from "../context.ts";
import { givenHolder, givenRole } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { approveUser } from "../users/approve-user.ts";
import { changeUserStatus } from "../users/change-user-status.ts";
import { authenticate } from "./authenticate.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { refreshSession } from "./refresh-session.ts";
import { register } from "./register.ts";

const password = "a lighthouse keeper's umbrella";

let test: Awaited<ReturnType<typeof createTestServices>>;
let anonymous: Context;
let asAdmin: Context;

beforeAll(async () => {
  test = await createTestServices();
  anonymous = test.contextOf({ type: "anonymous" });
  await givenRole(test.services.db, "Operator", ["rules:read"]);
  await givenRole(test.services.db, "Admin", ["*"]);
  asAdmin = await givenHolder(test, ["*"]);
});

afterAll(() => test.close());

/** Registers and approves somebody. */
async function member(): Promise<{ id: string; email: string }> {
  const email = `${newId()}@example.com`;
  const { id } = await register(anonymous, { email, password });
  await approveUser(asAdmin, { id, roles: ["Operator"] });
  return { id, email };
}

const isIn = (accessToken: string) =>
  authenticate(test.services, accessToken).then(
    () => true,
    () => false,
  );

describe("registering", () => {
  it("makes a pending account that cannot log in", async () => {
    const email = `${newId()}@example.com`;
    expect(await register(anonymous, { email, password })).toMatchObject({ email, status: "pending" });
    await expect(login(anonymous, { email, password })).rejects.toMatchObject({ code: "ACCOUNT_NOT_ACTIVE" });
  });

  it("answers the same for a taken address or phone, and changes nothing", async () => {
    const { email, id } = await member();
    const again = await register(anonymous, { email, password: "another long password here" });
    expect(again).toMatchObject({ email, status: "pending" });
    expect(again.id).not.toBe(id);
    expect(await test.services.db.user.count({ where: { id: again.id } })).toBe(0);
    await expect(login(anonymous, { email, password })).resolves.toBeDefined();
  });

  it.each(["passwordpassword", "123456789012", "qwertyuiopas", "aaaaaaaaaaaaaaaa"])(
    "refuses the common password %s",
    async (weak) => {
      const attempt = register(anonymous, { email: `${newId()}@example.com`, password: weak });
      await expect(attempt).rejects.toMatchObject({ code: "WEAK_PASSWORD" });
    },
  );

  it("cuts no byte off a long password", async () => {
    const email = `${newId()}@example.com`;
    const long = `${"correct horse ".repeat(8)}battery`;
    const { id } = await register(anonymous, { email, password: long });
    await approveUser(asAdmin, { id, roles: ["Operator"] });
    await expect(login(anonymous, { email, password: long })).resolves.toBeDefined();
    const shorter = login(anonymous, { email, password: long.slice(0, -1) });
    await expect(shorter).rejects.toMatchObject({ code: "INVALID_CREDENTIALS" });
  });
});

describe("approving", () => {
  it("happens once: of two admins at the same time one is told it is done", async () => {
    const { id } = await register(anonymous, { email: `${newId()}@example.com`, password });
    const outcomes = await Promise.allSettled(
      [1, 2].map(() => approveUser(asAdmin, { id, roles: ["Operator"] })),
    );
    expect(outcomes.map(({ status }) => status).toSorted((a, b) => a.localeCompare(b))).toEqual([
      "fulfilled",
      "rejected",
    ]);
    expect(
      await test.services.db.auditLog.count({ where: { action: "user.approved", resourceId: id } }),
    ).toBe(1);
  });

  it("grants nothing that the approver lacks, and leaves the user as it was", async () => {
    const { id } = await register(anonymous, { email: `${newId()}@example.com`, password });
    const clerk = await givenHolder(test, ["users:manage", "rules:read"]);
    await expect(approveUser(clerk, { id, roles: ["Admin"] })).rejects.toMatchObject({
      code: "UNAUTHORIZED_ROLE",
    });
    expect(await test.services.db.user.findUnique({ where: { id } })).toMatchObject({ status: "pending" });
  });

  it("refuses roles that do not exist, each with its place", async () => {
    const { id } = await register(anonymous, { email: `${newId()}@example.com`, password });
    const attempt = approveUser(asAdmin, { id, roles: ["Operator", "Wizard"] });
    await expect(attempt).rejects.toMatchObject({ code: "UNKNOWN_ROLE", errors: [{ pointer: "/roles/1" }] });
  });
});

describe("a session", () => {
  it("is refused alike for a wrong password and for an unknown address", async () => {
    const { email } = await member();
    const wrong = login(anonymous, { email, password: "not the password at all" });
    const unknown = login(anonymous, { email: "nobody@example.com", password });
    const [a, b] = await Promise.allSettled([wrong, unknown]);
    expect(a).toEqual(b);
    expect(a).toMatchObject({ reason: { code: "INVALID_CREDENTIALS" } });
  });

  it("works until it is logged out, and then no longer, while another one goes on", async () => {
    const { email } = await member();
    const [first, second] = [
      await login(anonymous, { email, password }),
      await login(anonymous, { email, password }),
    ];
    expect(await isIn(first.accessToken)).toBe(true);
    await logout(anonymous, { refreshToken: first.refreshToken });
    expect([await isIn(first.accessToken), await isIn(second.accessToken)]).toEqual([false, true]);
    await expect(refreshSession(anonymous, { refreshToken: first.refreshToken })).rejects.toMatchObject({
      code: "INVALID_REFRESH_TOKEN",
    });
  });

  it("gets one and the same successor where 20 refreshes with one token come at once", async () => {
    const { id, email } = await member();
    const { refreshToken } = await login(anonymous, { email, password });
    const sessions = await Promise.all(
      Array.from({ length: 20 }, () => refreshSession(anonymous, { refreshToken })),
    );
    expect(new Set(sessions.map((session) => session.refreshToken)).size).toBe(1);
    expect(await test.services.db.refreshToken.count({ where: { userId: id, revokedAt: null } })).toBe(1);
    expect(await isIn(sessions[0]?.accessToken ?? "")).toBe(true);
  });

  it("ends at the next call when the account is disabled", async () => {
    const { id, email } = await member();
    const { accessToken, refreshToken } = await login(anonymous, { email, password });
    await changeUserStatus(asAdmin, { id, change: "disable" });
    expect(await isIn(accessToken)).toBe(false);
    await expect(refreshSession(anonymous, { refreshToken })).rejects.toMatchObject({
      code: "INVALID_REFRESH_TOKEN",
    });
  });
});

describe("a refresh token", () => {
  it("that has expired is refused, and its session is over", async () => {
    const { id, email } = await member();
    const { accessToken, refreshToken } = await login(anonymous, { email, password });
    const expiresAt = new Date(Date.now() - 1000);
    await test.services.db.refreshToken.updateMany({ where: { userId: id }, data: { expiresAt } });
    await expect(refreshSession(anonymous, { refreshToken })).rejects.toMatchObject({
      code: "INVALID_REFRESH_TOKEN",
    });
    expect(await isIn(accessToken)).toBe(false);
    const failures = await test.services.db.auditLog.findMany({
      where: { userId: id, action: "auth.refresh_failed" },
    });
    expect(failures).toMatchObject([{ metadata: { reason: "expired" } }]);
  });
});

describe("an access token", () => {
  it.each([
    ["of the algorithm none", (claims: object) => jwt.sign(claims, "", { algorithm: "none", keyid: "test" })],
    ["signed with another key", (claims: object) => sign(claims, createSecretKey(randomBytes(32)))],
    ["of another type", (claims: object) => sign(claims, undefined, { typ: "JWT" })],
    ["of an unknown key id", (claims: object) => sign(claims, undefined, { kid: "other" })],
    ["for another audience", (claims: object) => sign({ ...claims, aud: "elsewhere" })],
    ["of another issuer", (claims: object) => sign({ ...claims, iss: "elsewhere" })],
    ["that has expired", (claims: object) => sign({ ...claims, exp: 1 })],
    ["signed with another algorithm", (claims: object) => sign(claims, undefined, { alg: "HS512" })],
  ])("%s is refused", async (_case, forge) => {
    const { email } = await member();
    const { accessToken } = await login(anonymous, { email, password });
    const claims = jwt.decode(accessToken) as object;
    expect(await isIn(accessToken)).toBe(true);
    expect(await isIn(forge(claims))).toBe(false);
  });

  function sign(claims: object, key = test.services.signingKeys[0]?.key, header: object = {}): string {
    if (!key) throw new Error("No key");
    const whole = { alg: "HS256", typ: "at+jwt", kid: "test", ...header } as jwt.JwtHeader;
    return jwt.sign(claims, key, { algorithm: whole.alg as "HS256", header: whole });
  }
});
