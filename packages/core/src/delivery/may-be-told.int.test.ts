import { registerDeviceInputSchema } from "@tocsin/contracts/api/devices";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { endDueScreens } from "../realtime/end-screens.ts";
import { changePassword } from "../auth/change-password.ts";
import { authenticate } from "../auth/authenticate.ts";
import { hashPassword } from "../auth/hash-password.ts";
import { login } from "../auth/login.ts";
import { logout } from "../auth/logout.ts";
import { logoutEverywhere } from "../auth/logout-everywhere.ts";
import { refreshSession } from "../auth/refresh-session.ts";
import type { Context } from "../context.ts";
import { listDevices } from "../devices/list-devices.ts";
import { registerDevice } from "../devices/register-device.ts";
import { escalateDue } from "../escalation/escalate-due.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { holdInterruptions } from "../interruptions/hold-interruptions.ts";
import { acknowledgeNotification } from "../notifications/acknowledge-notification.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { lockedTitle } from "../push/plan-push-requests.ts";
import { sendPushes } from "../push/send-pushes.ts";
import { deleteRule } from "../rules/delete-rule.ts";
import { updateRule } from "../rules/update-rule.ts";
import { sendSummaries } from "../summaries/send-summaries.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { changeUserStatus } from "../users/change-user-status.ts";
import { getCurrentUser } from "../users/get-current-user.ts";
import { setUserRoles } from "../users/set-user-roles.ts";
import type { Channel, DeliveryRequest } from "./channel.ts";
import { deliverNotifications } from "./deliver-notifications.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let admin: Context;
let idle: string;

beforeAll(async () => {
  test = await createTestServices();
  admin = test.contextOf(
    actorOf(await givenUser(test.services.db, [await givenRole(test.services.db, "Admin", ["*"])])),
  );
  idle = await givenRole(test.services.db, "Idle");
});

afterAll(() => test.close());

const password = "correct horse battery staple 9";

/** A provider that takes everything and remembers what it was asked. */
function provider(name: Channel["name"]) {
  const requests: DeliveryRequest[] = [];
  const channel: Channel = {
    name,
    maximumTargets: 100,
    deliver: (some) => {
      requests.push(...some);
      return Promise.resolve(
        some.map(({ targets }) => targets.map(() => ({ status: "accepted", providerId: null }))),
      );
    },
  };
  const told = () => requests.flatMap(({ targets }) => targets.map(({ id }) => id)).toSorted();
  return { channel, requests, told };
}

const as = (userId: string) => test.contextOf(actorOf(userId));

/** A team of so many with a role of its own, and a rule that alerts it. */
async function givenTeam(size: number, some: object = {}) {
  const name = newId();
  const roleId = await givenRole(test.services.db, name);
  const people = await Promise.all(
    Array.from({ length: size }, () => givenUser(test.services.db, [roleId, idle])),
  );
  const type = `told.${newId()}`;
  const rule = await givenRule(admin, {
    condition: `event.type == "${type}"`,
    targetRoles: [name],
    ackTimeoutSeconds: 60,
    ...some,
  });
  const raise = async () => {
    const event = prepareEvent({ type, source: "test", payload: {}, action: "trigger" }, null);
    await insertEvents(test.services.pool, [event]);
    const batch = await processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId: event.id }]);
    return batch.dueNotificationIds[0] ?? "";
  };
  return { name, roleId, people, rule, raise };
}

const deliver = (channel: Channel, id: string, pushPlatforms: readonly "fcm"[] = []) =>
  deliverNotifications(test.deliveryOf(channel, { pushPlatforms }), { notificationIds: [id] });
const escalate = () => escalateDue({ ...test.services, ...test.pipeline, repeatLimit: 5 });
const makeEscalationDue = (id: string) =>
  test.services.pool.query("UPDATE notification SET nextEscalationAt = UTC_TIMESTAMP(3) WHERE id = ?", [id]);
const push = (channel: Channel, id: string) =>
  sendPushes(
    { ...test.services, measure: () => {}, pushChannels: { fcm: channel } },
    { platform: "fcm", notificationIds: [id] },
  );
const rowOf = (id: string) => test.services.db.notification.findUniqueOrThrow({ where: { id } });

/** How somebody stops being somebody who may be told. */
const waysOut = [
  ["is disabled", (id: string) => changeUserStatus(admin, { id, change: "disable" })],
  ["loses the role", (id: string) => setUserRoles(admin, { id, roles: ["Idle"] })],
] as const;

describe.each(waysOut)("somebody who %s", (_, leave) => {
  it("is told nothing of an alert that was raised before, on no screen and no phone", async () => {
    const { people, raise } = await givenTeam(2);
    const [ada = "", ben = ""] = people;
    const { id: deviceId } = await registerDevice(
      as(ada),
      registerDeviceInputSchema.parse({ platform: "fcm", token: newId() }),
    );
    const id = await raise();
    await leave(ada);
    const { channel, told } = provider("pusher");
    await deliver(channel, id, ["fcm"]);
    expect(told()).toEqual([ben]);
    expect(await test.services.db.pushDelivery.count({ where: { notificationId: id, deviceId } })).toBe(0);
    expect(await rowOf(id)).toMatchObject({ delivered: true, deliveryDueAt: null });
  });

  it("is not rung by a push notification that is due already", async () => {
    const { people, raise } = await givenTeam(2);
    const [ada = "", ben = ""] = people;
    const devices = await Promise.all(
      [ada, ben].map((userId) =>
        registerDevice(as(userId), registerDeviceInputSchema.parse({ platform: "fcm", token: newId() })),
      ),
    );
    const id = await raise();
    await deliver(provider("pusher").channel, id, ["fcm"]);
    await leave(ada);
    const { channel, told } = provider("fcm");
    await push(channel, id);
    expect(told()).toEqual([devices[1]?.id]);
  });

  it("gets no repetition; the others do", async () => {
    const { people, raise } = await givenTeam(2);
    const [ada = "", ben = ""] = people;
    const id = await raise();
    await deliver(provider("pusher").channel, id);
    await leave(ada);
    await makeEscalationDue(id);
    await escalate();
    const { channel, told } = provider("pusher");
    await deliver(channel, id);
    expect(told()).toEqual([ben]);
  });

  it("gets no summary of what came without a sound", async () => {
    const { people, raise } = await givenTeam(2);
    const [ada = "", ben = ""] = people;
    const id = await raise();
    const hold = { reason: "rate_limited", summaryAt: new Date() } as const;
    await holdInterruptions(
      test.services.pool,
      people.map((userId) => ({ userId, notificationId: id, hold })),
    );
    await leave(ada);
    const { channel, told } = provider("pusher");
    await sendSummaries({ ...test.services, channel, pushChannels: {} });
    expect(told()).toEqual([ben]);
  });

  it("is not waited for where everyone is to acknowledge", async () => {
    const { people, raise } = await givenTeam(2, { ackPolicy: "all" });
    const [ada = "", ben = ""] = people;
    const first = await raise();
    await leave(ada);
    await acknowledgeNotification(as(ben), { id: first });
    expect(await rowOf(first)).toMatchObject({ acknowledgedAt: expect.any(Date) });
  });

  it("after everyone else acknowledged is not waited for at the next repetition", async () => {
    const { people, raise } = await givenTeam(2, { ackPolicy: "all" });
    const [ada = "", ben = ""] = people;
    const id = await raise();
    await acknowledgeNotification(as(ben), { id });
    expect(await rowOf(id)).toMatchObject({ acknowledgedAt: null });
    await leave(ada);
    await makeEscalationDue(id);
    expect(await escalate()).not.toContain(id);
    expect(await rowOf(id)).toMatchObject({ acknowledgedAt: expect.any(Date), escalationLevel: 0 });
  });

  it("leaves the alert to whoever holds the role by now, where nobody else has it", async () => {
    const { people, roleId, raise } = await givenTeam(1);
    const id = await raise();
    await leave(people[0] ?? "");
    const successor = await givenUser(test.services.db, [roleId]);
    const { channel, told } = provider("pusher");
    await deliver(channel, id);
    expect(told()).toEqual([]);
    expect(await escalate()).toContain(id);
    await deliver(channel, id);
    expect(told()).toEqual([successor]);
  });
});

it("an alert that is left to nobody goes to the admins", async () => {
  const { people, raise } = await givenTeam(1, { ackTimeoutSeconds: null });
  const id = await raise();
  await changeUserStatus(admin, { id: people[0] ?? "", change: "disable" });
  const { channel, told } = provider("pusher");
  await deliver(channel, id);
  await escalate();
  await deliver(channel, id);
  expect(told()).toEqual([admin.actor.type === "user" ? admin.actor.id : ""]);
});

describe("an open alert is governed by the version of its rule that raised it", () => {
  const changes = [
    ["switched off", (id: string) => updateRule(admin, { id, active: false })],
    ["edited to escalate to nobody", (id: string) => updateRule(admin, { id, escalateToRoles: [] })],
    ["deleted", (id: string) => deleteRule(admin, { id })],
  ] as const;

  it.each(changes)("where the rule was %s meanwhile", async (_, change) => {
    const boss = await givenTeam(1);
    const { people, rule, raise } = await givenTeam(1, { escalateToRoles: [boss.name] });
    const id = await raise();
    await deliver(provider("pusher").channel, id);
    await change(rule.id);
    await makeEscalationDue(id);
    expect(await escalate()).toContain(id);
    const { channel, told } = provider("pusher");
    await deliver(channel, id);
    expect(told()).toEqual([...people, ...boss.people].toSorted());
  });
});

describe("a device", () => {
  /** Somebody with a password, logged in, whose app registered a device. */
  async function givenSession() {
    const team = await givenTeam(1);
    const [userId = ""] = team.people;
    const { email } = await test.services.db.user.update({
      where: { id: userId },
      data: { passwordHash: await hashPassword(password) },
    });
    const anonymous = test.contextOf({ type: "anonymous" });
    const session = await login(anonymous, { email, password });
    const ctx = test.contextOf(await authenticate(test.services, session.accessToken));
    const token = newId();
    const register = (context: Context) =>
      registerDevice(context, registerDeviceInputSchema.parse({ platform: "fcm", token }));
    await register(ctx);
    /** What its phone shows of an alert that is raised now. */
    const hear = async () => {
      const id = await team.raise();
      await deliver(provider("pusher").channel, id, ["fcm"]);
      const { channel, requests } = provider("fcm");
      await push(channel, id);
      return requests.map(({ message }) => (message.type === "alert" ? message.notification.title : ""));
    };
    const told = async () => (await listDevices(as(userId))).items.map((device) => device.told);
    return { ...team, userId, email, session, ctx, register, hear, told, anonymous };
  }

  type Given = Awaited<ReturnType<typeof givenSession>>;
  const ends = [
    [
      "logged out",
      ({ anonymous, session }: Given) => logout(anonymous, { refreshToken: session.refreshToken }),
    ],
    ["logged out everywhere", ({ ctx }: Given) => logoutEverywhere(ctx)],
    [
      "was kept out by an admin",
      ({ userId }: Given) => changeUserStatus(admin, { id: userId, change: "disable" }),
    ],
    [
      "used a refresh token a second time",
      async ({ anonymous, session }: Given) => {
        await refreshSession(anonymous, { refreshToken: session.refreshToken });
        // Long ago: not the client's own repetition.
        await test.services.pool.query(
          "UPDATE refresh_token SET revokedAt = revokedAt - INTERVAL 1 HOUR WHERE revokedAt IS NOT NULL",
        );
        await refreshSession(anonymous, { refreshToken: session.refreshToken }).catch(() => undefined);
      },
    ],
  ] as const;

  it.each(ends)("is told nothing once its owner %s, not even what was due before", async (_, end) => {
    const given = await givenSession();
    const id = await given.raise();
    await deliver(provider("pusher").channel, id, ["fcm"]);
    await end(given);
    const { channel, requests } = provider("fcm");
    await push(channel, id);
    expect(requests).toEqual([]);
    expect(await given.told()).toEqual(["nothing"]);
  });

  it("of another session goes on after a logout", async () => {
    const given = await givenSession();
    const other = await login(given.anonymous, { email: given.email, password });
    await logout(given.anonymous, { refreshToken: other.refreshToken });
    expect(await given.told()).toEqual(["everything"]);
  });

  it("is told that there is an alert, not what it says, after its owner changed their password, until it registers again", async () => {
    const given = await givenSession();
    const session = await changePassword(given.ctx, {
      currentPassword: password,
      newPassword: `${password} and more`,
    });
    expect(await given.hear()).toEqual([lockedTitle]);
    expect(await given.told()).toEqual(["existence"]);
    expect(await getCurrentUser(as(given.userId))).toMatchObject({ devicesToProve: 1 });
    await given.register(test.contextOf(await authenticate(test.services, session.accessToken)));
    expect(await given.hear()).toEqual(["A rule"]);
    expect(await getCurrentUser(as(given.userId))).toMatchObject({ devicesToProve: 0 });
  });

  it("that changed the password is told everything again once its app refreshes the new session", async () => {
    const given = await givenSession();
    const session = await changePassword(given.ctx, {
      currentPassword: password,
      newPassword: `${password} and more`,
    });
    await refreshSession(given.anonymous, { refreshToken: session.refreshToken });
    expect(await given.told()).toEqual(["everything"]);
  });

  it("whose session expired is told without content for seven days, and then nothing", async () => {
    const given = await givenSession();
    const expireBefore = (seconds: number) =>
      test.services.pool.query(
        "UPDATE refresh_token SET expiresAt = UTC_TIMESTAMP(3) - INTERVAL ? SECOND WHERE userId = ?",
        [seconds, given.userId],
      );
    await expireBefore(1);
    expect(await given.hear()).toEqual([lockedTitle]);
    await expireBefore(7 * 86_400 - 60);
    expect(await given.hear()).toEqual([lockedTitle]);
    await expireBefore(7 * 86_400 + 1);
    expect(await given.hear()).toEqual([]);
    expect(await given.told()).toEqual(["nothing"]);
  });

  it("whose owner changed the password is told nothing any more after seven days", async () => {
    const given = await givenSession();
    await changePassword(given.ctx, { currentPassword: password, newPassword: `${password} and more` });
    await test.services.pool.query(
      "UPDATE device SET unprovenSince = UTC_TIMESTAMP(3) - INTERVAL 604801 SECOND WHERE userId = ?",
      [given.userId],
    );
    expect(await given.hear()).toEqual([]);
  });

  it("that an earlier version registered is believed until it registers again", async () => {
    const given = await givenSession();
    await test.services.pool.query("UPDATE device SET sessionId = NULL WHERE userId = ?", [given.userId]);
    expect(await given.told()).toEqual(["everything"]);
    expect(await given.hear()).toEqual(["A rule"]);
  });

  it.each(ends.slice(0, 3))("ends together with its owner's screens once its owner %s", async (_, end) => {
    const given = await givenSession();
    const terminated: string[] = [];
    const terminate = (userId: string) => Promise.resolve(void terminated.push(userId));
    await endDueScreens(test.services.pool, terminate);
    terminated.length = 0;
    await end(given);
    await expect(endDueScreens(test.services.pool, () => Promise.reject(new Error("away")))).rejects.toThrow(
      "away",
    );
    await endDueScreens(test.services.pool, terminate);
    await endDueScreens(test.services.pool, terminate);
    expect(terminated).toEqual([given.userId]);
  });
});
