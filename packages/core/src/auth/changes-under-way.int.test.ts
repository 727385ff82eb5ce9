import { newId } from "@tocsin/db/ids";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Session } from "@tocsin/contracts/api/auth";
import type { Context } from "../context.ts";
import { updateRole } from "../roles/update-role.ts";
import { givenHolder, givenRole, givenUser } from "../testing/fixtures.ts";
import { countLockWaits } from "../testing/lock-waits.ts";
import { createTestServices } from "../testing/test-services.ts";
import { changeUserStatus } from "../users/change-user-status.ts";
import { setUserRoles } from "../users/set-user-roles.ts";
import { allowPasswordReset } from "./allow-password-reset.ts";
import { authenticate } from "./authenticate.ts";
import { changePassword } from "./change-password.ts";
import { hashPassword } from "./hash-password.ts";
import { login } from "./login.ts";
import { logout } from "./logout.ts";
import { logoutEverywhere } from "./logout-everywhere.ts";
import { refreshSession } from "./refresh-session.ts";
import { resetPassword } from "./reset-password.ts";

const password = "a lighthouse keeper's umbrella";
const chosenByOwner = "seven quiet herons by the weir";
const chosenByThief = "a magpie under the third bridge";

let test: Awaited<ReturnType<typeof createTestServices>>;
let passwordHash: string;
let operator: string;
let asAdmin: Context;
let asNobody: Context;

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  passwordHash = await hashPassword(password);
  operator = await givenRole(db, "Operator", ["rules:read"]);
  await givenRole(db, "Helpdesk", ["rules:read", "users:manage"]);
  asAdmin = await givenHolder(test, ["*"]);
  asNobody = test.contextOf({ type: "anonymous" });
});

afterAll(() => test.close());

/** Somebody with a password, and a session of theirs. */
async function givenMember(): Promise<{ id: string; email: string; session: Session; asMember: Context }> {
  const email = `${newId()}@example.com`;
  const id = await givenUser(test.services.db, [operator], email);
  await test.services.db.user.update({ where: { id }, data: { passwordHash } });
  const session = await login(asNobody, { email, password });
  const actor = await authenticate(test.services, session.accessToken);
  return { id, email, session, asMember: test.contextOf(actor) };
}

type Member = Awaited<ReturnType<typeof givenMember>>;

/**
 * Holds the member's row until `first`, and behind it `second`, wait for it: both have read and verified what they need,
 * and go on one after the other.
 */
async function raceAtAccount<First, Second>(
  { id }: Member,
  first: () => Promise<First>,
  second: () => Promise<Second>,
): Promise<[PromiseSettledResult<First>, PromiseSettledResult<Second>]> {
  const { pool } = test.services;
  const begun = await pool.transaction("READ COMMITTED", async (connection) => {
    await connection.query("SELECT id FROM `user` WHERE id = ? FOR UPDATE", [id]);
    const change = first();
    await eventually(async () => expect(await countLockWaits(pool)).toBe(1));
    const other = second();
    await eventually(async () => expect(await countLockWaits(pool)).toBe(2));
    return { results: Promise.allSettled([change, other]) };
  });
  return begun.results;
}

async function isLive({ accessToken, refreshToken }: Session): Promise<boolean> {
  const uses = [authenticate(test.services, accessToken), refreshSession(asNobody, { refreshToken })];
  return (await Promise.allSettled(uses)).some(({ status }) => status === "fulfilled");
}

const endings: [string, (member: Member) => Promise<() => Promise<unknown>>][] = [
  [
    "a reset of the password",
    async ({ id }) => {
      const { token } = await allowPasswordReset(asAdmin, { id });
      return () => resetPassword(asNobody, { token, newPassword: chosenByOwner });
    },
  ],
  [
    "a logout everywhere",
    async ({ asMember }) =>
      () =>
        logoutEverywhere(asMember),
  ],
  [
    "the disabling of the account",
    async ({ id }) =>
      () =>
        changeUserStatus(asAdmin, { id, change: "disable" }),
  ],
];

describe.each(endings)("beside %s", (_what, prepare) => {
  it("a login that is under way leaves no session behind", async () => {
    const member = await givenMember();
    const end = await prepare(member);
    const [ended, loggedIn] = await raceAtAccount(member, end, () =>
      login(asNobody, { email: member.email, password }),
    );
    expect(ended.status).toBe("fulfilled");
    expect(loggedIn.status === "fulfilled" && (await isLive(loggedIn.value))).toBe(false);
  });

  it("a refresh that is under way leaves no session behind", async () => {
    const member = await givenMember();
    const end = await prepare(member);
    const [ended, refreshed] = await raceAtAccount(member, end, () =>
      refreshSession(asNobody, member.session),
    );
    expect(ended.status).toBe("fulfilled");
    expect(refreshed.status === "fulfilled" && (await isLive(refreshed.value))).toBe(false);
  });

  it("a change of password by a stolen session that is under way changes nothing", async () => {
    const member = await givenMember();
    const end = await prepare(member);
    const [ended, stolen] = await raceAtAccount(member, end, () =>
      changePassword(member.asMember, { currentPassword: password, newPassword: chosenByThief }),
    );
    expect(ended.status).toBe("fulfilled");
    expect(stolen).toMatchObject({ status: "rejected", reason: { code: "UNAUTHENTICATED" } });
    const asThief = login(asNobody, { email: member.email, password: chosenByThief });
    await expect(asThief).rejects.toMatchObject({ code: "INVALID_CREDENTIALS" });
  });
});

it("a change of password by a session that is logged out meanwhile changes nothing", async () => {
  const member = await givenMember();
  const [, stolen] = await raceAtAccount(
    member,
    () => logout(asNobody, member.session),
    () => changePassword(member.asMember, { currentPassword: password, newPassword: chosenByThief }),
  );
  expect(stolen).toMatchObject({ status: "rejected", reason: { code: "UNAUTHENTICATED" } });
  expect((await login(asNobody, { email: member.email, password })).user.id).toBe(member.id);
});

it("a login that is under way as roles are taken tells of the roles that are left", async () => {
  const member = await givenMember();
  const [, loggedIn] = await raceAtAccount(
    member,
    () => setUserRoles(asAdmin, { id: member.id, roles: ["Helpdesk"] }),
    () => login(asNobody, { email: member.email, password }),
  );
  expect(loggedIn).toMatchObject({ status: "fulfilled", value: { user: { roles: ["Helpdesk"] } } });
});

describe("leave to set a new password ends", () => {
  const invalid = { code: "INVALID_RESET_TOKEN" };

  it.each<[string, (member: Member) => Promise<unknown>]>([
    ["with the user's roles", ({ id }) => setUserRoles(asAdmin, { id, roles: ["Helpdesk"] })],
    [
      "with the user's own change of password",
      ({ asMember }) => changePassword(asMember, { currentPassword: password, newPassword: chosenByOwner }),
    ],
    [
      "for good when the user is disabled and enabled again",
      async ({ id }) => {
        await changeUserStatus(asAdmin, { id, change: "disable" });
        await changeUserStatus(asAdmin, { id, change: "enable" });
      },
    ],
    [
      "with what the user's role allows",
      () =>
        updateRole(asAdmin, {
          id: operator,
          name: "Operator",
          permissions: ["rules:read", "events:read"],
          description: "",
        }),
    ],
  ])("%s", async (_what, change) => {
    const member = await givenMember();
    const { token } = await allowPasswordReset(asAdmin, { id: member.id });
    await change(member);
    await expect(resetPassword(asNobody, { token, newPassword: chosenByThief })).rejects.toMatchObject(
      invalid,
    );
  });

  it.each<[string, (makerId: string) => Promise<unknown>]>([
    ["when its maker is disabled", (id) => changeUserStatus(asAdmin, { id, change: "disable" })],
    [
      "when its maker may not decide on users any more",
      (id) => setUserRoles(asAdmin, { id, roles: ["Operator"] }),
    ],
  ])("%s", async (_what, change) => {
    const member = await givenMember();
    const asMaker = await givenHolder(test, ["users:manage", "rules:read", "events:read"]);
    const { token } = await allowPasswordReset(asMaker, { id: member.id });
    await change(asMaker.actor.type === "user" ? asMaker.actor.id : "");
    await expect(resetPassword(asNobody, { token, newPassword: chosenByThief })).rejects.toMatchObject(
      invalid,
    );
    expect((await login(asNobody, { email: member.email, password })).user.id).toBe(member.id);
  });

  it("once its use meets the user's promotion", async () => {
    const member = await givenMember();
    const asMaker = await givenHolder(test, ["users:manage", "rules:read", "events:read"]);
    const { token } = await allowPasswordReset(asMaker, { id: member.id });
    const admins = await givenRole(test.services.db, `Admins ${newId()}`, ["*"]);
    const { pool } = test.services;
    const { result } = await pool.transaction("READ COMMITTED", async (connection) => {
      await connection.query("SELECT id FROM `user` WHERE id = ? FOR UPDATE", [member.id]);
      const used = resetPassword(asNobody, { token, newPassword: chosenByThief });
      await eventually(async () => expect(await countLockWaits(pool)).toBe(1));
      // The promotion alone, without what takes the token back: the maker is judged by itself.
      await connection.query("INSERT INTO user_role (userId, roleId) VALUES (?, ?)", [member.id, admins]);
      return { result: Promise.allSettled([used]) };
    });
    expect(await result).toMatchObject([{ status: "rejected", reason: invalid }]);
  });
});

describe("a refresh token that was exchanged", () => {
  const from = (some: Partial<Context["request"]>, clock = () => new Date()): Context => ({
    ...asNobody,
    clock,
    request: { ...asNobody.request, ...some },
  });
  const inSeconds = (seconds: number) => {
    const then = new Date(Date.now() + seconds * 1000);
    return () => then;
  };

  it("gives the client that lost the answer the same successor, and its session goes on", async () => {
    const { id, session } = await givenMember();
    const lost = await refreshSession(asNobody, session);
    const again = await refreshSession(from({}, inSeconds(29)), session);
    expect(again.refreshToken).toBe(lost.refreshToken);
    expect(await test.services.db.refreshToken.count({ where: { userId: id, revokedAt: null } })).toBe(1);
    const next = await refreshSession(asNobody, again);
    expect((await authenticate(test.services, next.accessToken)).type).toBe("user");
  });

  it.each<[string, () => Context]>([
    ["comes from another address", () => from({ ip: "192.0.2.7" })],
    ["comes from another program", () => from({ userAgent: "another" })],
    ["comes later than 30 s", () => from({}, inSeconds(31))],
  ])("ends the session where it %s", async (_case, by) => {
    const { session } = await givenMember();
    const successor = await refreshSession(asNobody, session);
    await expect(refreshSession(by(), session)).rejects.toMatchObject({ code: "INVALID_REFRESH_TOKEN" });
    expect(await isLive(successor)).toBe(false);
  });

  it("ends the session once its successor was exchanged too", async () => {
    const { session } = await givenMember();
    const second = await refreshSession(asNobody, session);
    const third = await refreshSession(asNobody, second);
    await expect(refreshSession(asNobody, session)).rejects.toMatchObject({ code: "INVALID_REFRESH_TOKEN" });
    expect(await isLive(third)).toBe(false);
  });

  it("logs its session out, and no other", async () => {
    const { email, session } = await givenMember();
    const other = await login(asNobody, { email, password });
    const successor = await refreshSession(asNobody, session);
    expect(await logout(asNobody, session)).toEqual({ ok: true });
    expect(await isLive(successor)).toBe(false);
    expect(await isLive(other)).toBe(true);
  });

  it("revives no session that was logged out", async () => {
    const { session } = await givenMember();
    const successor = await refreshSession(asNobody, session);
    await logout(asNobody, successor);
    await expect(refreshSession(asNobody, session)).rejects.toMatchObject({ code: "INVALID_REFRESH_TOKEN" });
  });
});
