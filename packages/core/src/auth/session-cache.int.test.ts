import { eventually } from "@tocsin/sandbox/testing/eventually";
import { newId } from "@tocsin/db/ids";
import { Redis } from "ioredis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context, Services } from "../context.ts";
import { updateRole } from "../roles/update-role.ts";
import { actorOf, givenHolder, givenRole, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { changeUserStatus } from "../users/change-user-status.ts";
import { setUserRoles } from "../users/set-user-roles.ts";
import { authenticate } from "./authenticate.ts";
import { changePassword } from "./change-password.ts";
import { hashPassword } from "./hash-password.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { logoutEverywhere } from "./logout-everywhere.ts";
import { refreshSession } from "./refresh-session.ts";
import { createSessionCache } from "./session-cache.ts";
import { verifyAccessToken } from "./tokens.ts";

const password = "a lighthouse keeper's umbrella";

let test: Awaited<ReturnType<typeof createTestServices>>;
let asAdmin: Context;
let asNobody: Context;
let operatorRole: string;
let passwordHash: string;

beforeAll(async () => {
  test = await createTestServices();
  operatorRole = await givenRole(test.services.db, "Operator", ["rules:read"]);
  asAdmin = await givenHolder(test, ["*"]);
  asNobody = test.contextOf({ type: "anonymous" });
  passwordHash = await hashPassword(password);
});

afterAll(() => test.close());

/** Somebody who is logged in, and whose session is kept in Redis. */
async function givenKeptSession() {
  // What the test before announced is over.
  await test.services.redis.flushdb();
  const email = `${newId()}@example.com`;
  const id = await givenUser(test.services.db, [operatorRole], email);
  await test.services.db.user.update({ where: { id }, data: { passwordHash } });
  const session = await login(asNobody, { email, password });
  await authenticate(test.services, session.accessToken);
  const claims = verifyAccessToken(test.services.signingKeys, session.accessToken);
  await eventually(async () => {
    expect((await test.services.sessionCache.find(claims)).kept).toBeDefined();
  });
  return { id, email, claims, ...session };
}

/** Services without MySQL: what works with them was kept. */
function withoutDatabase(): Services {
  return { ...test.services, db: {} as Services["db"] };
}

describe("a session that is used again", () => {
  it("needs no MySQL", async () => {
    const { id, email, accessToken, claims } = await givenKeptSession();
    expect(await authenticate(withoutDatabase(), accessToken)).toEqual({
      ...{ type: "user", id, email, permissions: ["rules:read"] },
      session: { id: claims.sessionId, version: claims.sessionVersion },
    });
  });

  it("needs no Redis", async () => {
    const { id, accessToken } = await givenKeptSession();
    const redis = new Redis({ port: 1, lazyConnect: true, enableOfflineQueue: false, retryStrategy: null });
    redis.on("error", () => undefined);
    const sessionCache = createSessionCache({ redis, log: test.services.log });
    expect(await authenticate({ ...test.services, sessionCache }, accessToken)).toMatchObject({ id });
    await sessionCache.announce({ userId: id });
    redis.disconnect();
  });

  it.each<[string, (session: Awaited<ReturnType<typeof givenKeptSession>>) => Promise<unknown>]>([
    ["it is logged out", ({ refreshToken }) => logout(asNobody, { refreshToken })],
    ["all sessions are logged out", ({ id }) => logoutEverywhere(test.contextOf(actorOf(id)))],
    ["its user is disabled", ({ id }) => changeUserStatus(asAdmin, { id, change: "disable" })],
    [
      "the password is changed",
      ({ id }) =>
        changePassword(test.contextOf(actorOf(id)), {
          currentPassword: password,
          newPassword: "seven quiet herons by the weir",
        }),
    ],
    [
      "its refresh token comes twice, from two addresses",
      async ({ refreshToken }) => {
        await refreshSession(asNobody, { refreshToken });
        const elsewhere = { ...asNobody, request: { ...asNobody.request, ip: "192.0.2.7" } };
        await refreshSession(elsewhere, { refreshToken }).catch(() => undefined);
      },
    ],
  ])("is refused at the next call once %s", async (_what, change) => {
    const session = await givenKeptSession();
    await change(session);
    await expect(authenticate(test.services, session.accessToken)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
  });

  it("has at the next call what its user's roles allow by then", async () => {
    const { id, accessToken } = await givenKeptSession();
    await givenRole(test.services.db, "Reader", ["events:read"]);
    await setUserRoles(asAdmin, { id, roles: ["Reader"] });
    expect(await authenticate(test.services, accessToken)).toMatchObject({ permissions: ["events:read"] });
  });

  it("has at the next call what its role allows by then", async () => {
    const { accessToken } = await givenKeptSession();
    await updateRole(asAdmin, { id: operatorRole, name: "Operator", permissions: [], description: "" });
    expect(await authenticate(test.services, accessToken)).toMatchObject({ permissions: [] });
    await test.services.db.role.update({
      where: { id: operatorRole },
      data: { permissions: ["rules:read"] },
    });
  });
});

describe("while a change is under way", () => {
  it("what was read before it is neither used nor kept, however late it is put there", async () => {
    const { claims } = await givenKeptSession();
    const { sessionCache } = test.services;
    const stale = { email: "stale@example.com", permissions: ["*"] };
    for (const change of [{ sessionId: claims.sessionId }, { userId: claims.userId }, "directory"] as const) {
      await test.services.redis.flushdb();
      await sessionCache.announce(change);
      // Someone read MySQL before the announcement and comes back only now.
      await sessionCache.keep(claims, stale);
      expect(await sessionCache.find(claims)).toEqual({ kept: undefined, mayKeep: false });
    }
  });

  it("is announced for longer than anything that was read before it is kept", async () => {
    const { claims } = await givenKeptSession();
    await test.services.sessionCache.announce({ userId: claims.userId });
    const { redis } = test.services;
    const ttlOf = async (pattern: string) => redis.pttl((await redis.keys(pattern))[0] ?? "");
    // A transaction takes 10 s at most, and what it read is kept from then on.
    const kept = await ttlOf(`session:${claims.userId}:*`);
    expect(await ttlOf("session-change:*")).toBeGreaterThan(kept + 10_000);
  });

  it("other sessions go on being kept", async () => {
    const { claims, id } = await givenKeptSession();
    await test.services.sessionCache.announce({ userId: newId() });
    await test.services.sessionCache.announce({ sessionId: newId() });
    expect(claims.userId).toBe(id);
    expect(await test.services.sessionCache.find(claims)).toMatchObject({ mayKeep: true });
  });
});
