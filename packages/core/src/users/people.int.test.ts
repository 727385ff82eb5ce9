import { listUsersInputSchema } from "@tocsin/contracts/api/users";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { allowPasswordReset } from "../auth/allow-password-reset.ts";
import { authenticate } from "../auth/authenticate.ts";
import { changePassword } from "../auth/change-password.ts";
import { hashPassword } from "../auth/hash-password.ts";
import { login } from "../auth/login.ts";
import { refreshSession } from "../auth/refresh-session.ts";
import { resetPassword } from "../auth/reset-password.ts";
import type { Context } from "../context.ts";
import { createRole } from "../roles/create-role.ts";
import { deleteRole } from "../roles/delete-role.ts";
import { updateRole } from "../roles/update-role.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { changeUserStatus } from "./change-user-status.ts";
import { listUsers } from "./list-users.ts";
import { setUserRoles } from "./set-user-roles.ts";
import { updateCurrentUser } from "./update-current-user.ts";

const password = "a lighthouse keeper's umbrella";
const newPassword = "seven quiet herons by the weir";

let test: Awaited<ReturnType<typeof createTestServices>>;
const roles = { admin: "", operator: "", manager: "" };
let adminId: string;
let asAdmin: Context;
let asNobody: Context;

beforeAll(async () => {
  test = await createTestServices();
  const { db } = test.services;
  roles.admin = await givenRole(db, "Admin", ["*"]);
  roles.operator = await givenRole(db, "Operator", ["notifications:read"]);
  roles.manager = await givenRole(db, "UserManager", ["users:read", "users:manage", "roles:manage"]);
  adminId = await givenUser(db, [roles.admin]);
  asAdmin = test.contextOf(actorOf(adminId));
  asNobody = test.contextOf({ type: "anonymous" });
});

afterAll(() => test.close());

/** An active user with a password. */
async function givenAccount(
  roleIds: readonly string[] = [roles.operator],
): Promise<{ id: string; email: string }> {
  const email = `${newId()}@example.com`;
  const id = await givenUser(test.services.db, roleIds, email);
  await test.services.db.user.update({ where: { id }, data: { passwordHash: await hashPassword(password) } });
  return { id, email };
}

const auditOf = async (resourceId: string) =>
  (await test.services.db.auditLog.findMany({ where: { resourceId }, orderBy: { id: "asc" } })).map(
    ({ action }) => action,
  );

describe("looking for a user", () => {
  it("finds them by the beginning of their address, in capitals or not", async () => {
    const { id, email } = await givenAccount();
    for (const text of [email.slice(0, 20), email.slice(0, 20).toUpperCase(), ` ${email.toUpperCase()} `]) {
      const { items } = await listUsers(asAdmin, listUsersInputSchema.parse({ text }));
      expect(items.map((user) => user.id)).toEqual([id]);
    }
  });

  it("takes what a pattern is made of as it stands", async () => {
    await givenAccount();
    for (const text of ["%", "_"]) {
      expect((await listUsers(asAdmin, listUsersInputSchema.parse({ text }))).items).toEqual([]);
    }
  });
});

describe("disabling a user", () => {
  it("ends access and session at the next request, and enabling lets in again by a new login only", async () => {
    const { id, email } = await givenAccount();
    const session = await login(asNobody, { email, password });
    await changeUserStatus(asAdmin, { id, change: "disable" });
    await expect(authenticate(test.services, session.accessToken)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    await expect(refreshSession(asNobody, session)).rejects.toMatchObject({ code: "INVALID_REFRESH_TOKEN" });
    await expect(login(asNobody, { email, password })).rejects.toMatchObject({ code: "ACCOUNT_NOT_ACTIVE" });
    await changeUserStatus(asAdmin, { id, change: "enable" });
    await expect(authenticate(test.services, session.accessToken)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    expect((await login(asNobody, { email, password })).user.id).toBe(id);
    expect(await auditOf(id)).toEqual(["user.disabled", "user.enabled"]);
  });

  it("ends sessions that nobody uses meanwhile: enabling revives none of them", async () => {
    const { id, email } = await givenAccount();
    const session = await login(asNobody, { email, password });
    await changeUserStatus(asAdmin, { id, change: "disable" });
    await changeUserStatus(asAdmin, { id, change: "enable" });
    await expect(authenticate(test.services, session.accessToken)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    await expect(refreshSession(asNobody, session)).rejects.toMatchObject({ code: "INVALID_REFRESH_TOKEN" });
  });

  it("is refused in a state that does not allow it, and changes nothing", async () => {
    const { id } = await givenAccount();
    await expect(changeUserStatus(asAdmin, { id, change: "enable" })).rejects.toMatchObject({
      code: "USER_STATUS_CONFLICT",
    });
    await expect(changeUserStatus(asAdmin, { id, change: "reject" })).rejects.toMatchObject({
      code: "USER_STATUS_CONFLICT",
    });
    expect(await auditOf(id)).toEqual([]);
  });

  it("who may do more than oneself is refused", async () => {
    const { id } = await givenAccount([roles.admin]);
    const manager = await givenAccount([roles.manager]);
    const asManager = test.contextOf(actorOf(manager.id));
    for (const attempt of [
      () => changeUserStatus(asManager, { id, change: "disable" }),
      () => setUserRoles(asManager, { id, roles: ["Operator"] }),
      () => allowPasswordReset(asManager, { id }),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: "UNAUTHORIZED_ROLE" });
    }
    await changeUserStatus(asAdmin, { id, change: "disable" });
  });
});

describe("somebody remains who may do everything", () => {
  it("when the last admins disable each other at once", async () => {
    const other = await givenUser(test.services.db, [roles.admin]);
    const results = await Promise.allSettled([
      changeUserStatus(asAdmin, { id: other, change: "disable" }),
      changeUserStatus(test.contextOf(actorOf(other)), { id: adminId, change: "disable" }),
    ]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    const refused = results.find((result) => result.status === "rejected");
    expect(refused?.reason).toMatchObject({ code: "UNAUTHENTICATED" });
    await test.services.db.user.updateMany({ where: { id: adminId }, data: { status: "active" } });
    await test.services.db.user.updateMany({ where: { id: other }, data: { status: "disabled" } });
  });

  it("when the last admin gives up the role", async () => {
    await expect(setUserRoles(asAdmin, { id: adminId, roles: ["Operator"] })).rejects.toMatchObject({
      code: "LAST_ADMIN",
    });
    expect(
      await test.services.db.userRole.findMany({ where: { userId: adminId }, select: { roleId: true } }),
    ).toEqual([{ roleId: roles.admin }]);
  });
});

describe("a user's roles", () => {
  it("count from the next request on", async () => {
    const { id, email } = await givenAccount();
    const { accessToken } = await login(asNobody, { email, password });
    await setUserRoles(asAdmin, { id, roles: ["UserManager"] });
    expect(await authenticate(test.services, accessToken)).toMatchObject({
      permissions: ["roles:manage", "users:manage", "users:read"],
    });
    expect(await auditOf(id)).toEqual(["user.roles_changed"]);
  });

  it("hold nothing that whoever grants them lacks", async () => {
    const { id } = await givenAccount([roles.manager]);
    const asManager = test.contextOf(actorOf(id));
    const target = await givenUser(test.services.db, []);
    await expect(setUserRoles(asManager, { id: target, roles: ["Admin"] })).rejects.toMatchObject({
      code: "UNAUTHORIZED_ROLE",
      errors: [{ pointer: "/roles/0" }],
    });
    await expect(
      createRole(asManager, { name: "Sly", permissions: ["audit:read"], description: "" }),
    ).rejects.toMatchObject({ code: "UNAUTHORIZED_ROLE", errors: [{ pointer: "/permissions" }] });
  });
});

describe("a role", () => {
  it("that is renamed keeps its holders and rules; in use it is not deleted, out of use it is", async () => {
    const role = await createRole(asAdmin, { name: "Night", permissions: [], description: "" });
    const holder = await givenUser(test.services.db, [role.id]);
    const rule = await givenRule(asAdmin, { condition: 'event.type == "night"', targetRoles: ["Night"] });
    await updateRole(asAdmin, {
      id: role.id,
      name: "Late",
      permissions: ["rules:read"],
      description: "late",
    });
    const targets = await test.services.db.ruleTargetRole.findMany({ where: { ruleId: rule.id } });
    expect(targets).toEqual([{ ruleId: rule.id, roleId: role.id }]);
    await expect(deleteRole(asAdmin, { id: role.id })).rejects.toMatchObject({
      code: "ROLE_IN_USE",
      message: "1 users hold it, 1 rules alert it and 0 escalate to it",
    });
    await test.services.db.userRole.deleteMany({ where: { userId: holder } });
    await test.services.db.ruleTargetRole.deleteMany({ where: { ruleId: rule.id } });
    await deleteRole(asAdmin, { id: role.id });
    expect(await auditOf(role.id)).toEqual(["role.created", "role.updated", "role.deleted"]);
  });

  it("of the system stays as it is, and a taken name is refused", async () => {
    const id = await givenRole(test.services.db, "Of the system");
    await test.services.db.role.update({ where: { id }, data: { system: true } });
    const change = { id, name: "Mine", permissions: [], description: "" };
    await expect(updateRole(asAdmin, change)).rejects.toMatchObject({ code: "SYSTEM_ROLE" });
    await expect(deleteRole(asAdmin, { id })).rejects.toMatchObject({ code: "SYSTEM_ROLE" });
    await expect(
      createRole(asAdmin, { name: "Operator", permissions: [], description: "" }),
    ).rejects.toMatchObject({ code: "ROLE_NAME_TAKEN", errors: [{ pointer: "/name" }] });
  });
});

describe("a role's name", () => {
  const fields = { permissions: [], description: "" };

  it("that people would take for another role's is refused, made or changed to", async () => {
    const { id } = await createRole(asAdmin, { name: "Billing crew", ...fields });
    const { id: other } = await createRole(asAdmin, { name: "Ledger crew", ...fields });
    for (const name of ["billing crew", "BILLING CREW", "Bi\u04c0\u04c0ing crew", "B\u0456lling cr\u0435w"]) {
      const taken = {
        code: "ROLE_NAME_TAKEN",
        errors: [{ pointer: "/name", message: 'This name looks like that of the role "Billing crew"' }],
      };
      await expect(createRole(asAdmin, { name, ...fields })).rejects.toMatchObject(taken);
      await expect(updateRole(asAdmin, { id: other, name, ...fields })).rejects.toMatchObject(taken);
    }
    expect(await updateRole(asAdmin, { id, name: "Billing Crew", ...fields })).toMatchObject({ id });
  });
});

describe("one's own profile", () => {
  it("takes a phone number that nobody else has", async () => {
    const [ada, ben] = [await givenAccount(), await givenAccount()];
    const phone = "+4915112345678";
    const asBen = test.contextOf(actorOf(ben.id));
    expect(await updateCurrentUser(test.contextOf(actorOf(ada.id)), { phone })).toMatchObject({ phone });
    await expect(updateCurrentUser(asBen, { phone })).rejects.toMatchObject({
      code: "PHONE_TAKEN",
      errors: [{ pointer: "/phone" }],
    });
    expect(await updateCurrentUser(test.contextOf(actorOf(ada.id)), { phone: null })).toMatchObject({
      phone: null,
    });
    expect(await updateCurrentUser(asBen, { phone })).toMatchObject({ phone });
  });
});

describe("a password", () => {
  it("that is changed ends every session and gives the caller a new one", async () => {
    const { id, email } = await givenAccount();
    const [mine, stolen] = [
      await login(asNobody, { email, password }),
      await login(asNobody, { email, password }),
    ];
    const asUser = test.contextOf(actorOf(id));
    await expect(
      changePassword(asUser, { currentPassword: "a guess at a password", newPassword }),
    ).rejects.toMatchObject({ code: "WRONG_PASSWORD", errors: [{ pointer: "/currentPassword" }] });
    await expect(
      changePassword(asUser, { currentPassword: password, newPassword: "password1234" }),
    ).rejects.toMatchObject({ code: "WEAK_PASSWORD", errors: [{ pointer: "/newPassword" }] });
    const fresh = await changePassword(asUser, { currentPassword: password, newPassword });
    for (const { accessToken } of [mine, stolen]) {
      await expect(authenticate(test.services, accessToken)).rejects.toMatchObject({
        code: "UNAUTHENTICATED",
      });
    }
    expect(await authenticate(test.services, fresh.accessToken)).toMatchObject({ id });
    await expect(login(asNobody, { email, password })).rejects.toMatchObject({ code: "INVALID_CREDENTIALS" });
  });

  it("is reset with a token that works once, and only the last one", async () => {
    const { id, email } = await givenAccount();
    const session = await login(asNobody, { email, password });
    const [first, second] = [
      await allowPasswordReset(asAdmin, { id }),
      await allowPasswordReset(asAdmin, { id }),
    ];
    expect((await login(asNobody, { email, password })).user.id).toBe(id);
    const use = (token: string) => resetPassword(asNobody, { token, newPassword });
    await expect(use(first.token)).rejects.toMatchObject({ code: "INVALID_RESET_TOKEN" });
    const results = await Promise.allSettled([use(second.token), use(second.token)]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
    await expect(authenticate(test.services, session.accessToken)).rejects.toMatchObject({
      code: "UNAUTHENTICATED",
    });
    expect((await login(asNobody, { email, password: newPassword })).user.id).toBe(id);
  });

  it("is not reset with a token that has expired", async () => {
    const { id } = await givenAccount();
    const { token } = await allowPasswordReset(asAdmin, { id });
    await test.services.db.passwordReset.update({ where: { userId: id }, data: { expiresAt: new Date() } });
    await expect(resetPassword(asNobody, { token, newPassword })).rejects.toMatchObject({
      code: "INVALID_RESET_TOKEN",
    });
  });
});
