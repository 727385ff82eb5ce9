import { issueSession } from "@tocsin/core/auth/issue-session";
import { hashPassword } from "@tocsin/core/auth/hash-password";
import { loadAccount } from "@tocsin/core/auth/load-account";
import { newSessionTokens } from "@tocsin/core/auth/tokens";
import { givenUser } from "@tocsin/core/testing/fixtures";
import { countLockWaits } from "@tocsin/core/testing/lock-waits";
import { silentWav } from "@tocsin/core/testing/sound-files";
import { newId } from "@tocsin/db/ids";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import request from "supertest";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { restRoutes } from "../rest/routes.ts";
import { givenNotificationOf } from "../testing/given-notification.ts";
import { createTestApp, type TestApp, type TestUser } from "../testing/test-app.ts";
import { v1Router } from "./v1.ts";

/** A call that succeeds, after whatever it needs was made. */
interface Call {
  id?: string;
  body?: object;
  /** Sent as a form, instead of a body. */
  file?: File;
  /** Who calls; an admin where nobody is said. */
  by?: TestUser;
}

/** Procedures that leave no line, with the reason. */
const unaudited: Readonly<Record<string, string>> = {
  "events.send": "the event is its own record",
  "events.sendBatch": "the events are their own record",
  "rules.validate": "changes nothing",
  "rules.test": "changes nothing",
  "rules.backtest": "changes nothing",
  "users.pusherAuth": "changes nothing",
  "users.pusherUserAuth": "changes nothing",
  "notifications.read": "one's own view of an alert, not what was done about it",
  "notifications.archive": "one's own view of an alert, not what was done about it",
  "notifications.readMany": "one's own view of alerts, not what was done about them",
  "notifications.archiveMany": "one's own view of alerts, not what was done about them",
  "notifications.delete": "one's own view of an alert; the alert itself stays",
  "notifications.webviewAction": "is a log of its own",
  "notifications.receipt": "is a record of its own",
  "webhooks.pusher": "who has a screen open is kept in Redis for a minute",
};

const password = "a lighthouse keeper's umbrella";
const newPassword = "seven quiet herons by the weir";

/** How each procedure that changes something is called. */
const calls: Readonly<Record<string, () => Promise<Call>>> = {
  "apiKeys.create": async () => ({ body: newApiKey() }),
  "apiKeys.rotate": async () => ({ id: await create("/api-keys", newApiKey()) }),
  "apiKeys.revoke": async () => ({ id: await create("/api-keys", newApiKey()) }),
  "auth.register": async () => ({ body: { email: `${newId()}@example.com`, password } }),
  "auth.login": async () => ({ body: { email: (await givenAccount()).email, password } }),
  "auth.refresh": async () => ({ body: { refreshToken: (await testApp.login()).refreshToken } }),
  "auth.logout": async () => ({ body: { refreshToken: (await testApp.login()).refreshToken } }),
  "auth.logoutEverywhere": async () => ({ by: await testApp.login() }),
  "auth.resetPassword": async () => ({ body: { token: await givenResetToken(), newPassword } }),
  "deadLetters.redriveAll": async () => {
    await givenDeadLetter();
    return {};
  },
  "deadLetters.redrive": async () => ({ id: await givenDeadLetter() }),
  "deadLetters.discard": async () => ({ id: await givenDeadLetter() }),
  "drills.start": async () => {
    await testApp.login("Operator");
    return { id: await create("/rules", newRule()) };
  },
  "drills.testNotification": async () => ({ by: await testApp.login() }),
  "devices.register": async () => ({ body: { platform: "fcm", token: newId() }, by: await testApp.login() }),
  "devices.remove": async () => {
    const by = await testApp.login();
    return { by, id: await create("/users/me/devices", { platform: "fcm", token: newId() }, by) };
  },
  "devices.setPushTokens": async () => ({ body: { fcm: newId() }, by: await testApp.login() }),
  "users.updatePreferences": async () => ({ body: { minimumPriority: 3 }, by: await testApp.login() }),
  "notifications.acknowledge": async () => {
    const by = await testApp.login("Operator");
    return { by, id: await givenNotificationOf(testApp.services, by.id) };
  },
  "notifications.acknowledgeMany": async () => {
    const by = await testApp.login("Operator");
    return { by, body: { ids: [await givenNotificationOf(testApp.services, by.id)] } };
  },
  "roles.create": async () => ({ body: newRole() }),
  "roles.update": async () => ({ id: await create("/roles", newRole()), body: newRole() }),
  "roles.delete": async () => ({ id: await create("/roles", newRole()) }),
  "rules.create": async () => ({ body: newRule() }),
  "rules.update": async () => ({
    id: await create("/rules", newRule()),
    body: { ...newRule(), name: "New" },
  }),
  "rules.delete": async () => ({ id: await create("/rules", newRule()) }),
  "rules.rollback": async () => {
    const id = await create("/rules", newRule());
    await send("PUT", `/rules/${id}`, { ...newRule(), name: "New" });
    return { id, body: { version: 1 } };
  },
  "silences.create": async () => ({ body: newSilence() }),
  "silences.update": async () => ({ id: await create("/silences", newSilence()), body: newSilence() }),
  "silences.end": async () => ({ id: await create("/silences", newSilence()) }),
  "sounds.upload": async () => ({ file: newSound() }),
  "sounds.delete": async () => ({ id: ((await upload(newSound())).body as { id: string }).id }),
  "transferBuckets.create": async () => ({ body: newBucket() }),
  "transferBuckets.changeThreshold": async () => ({
    id: await create("/transfer-buckets", newBucket()),
    body: { threshold: "50" },
  }),
  "transferBuckets.setBalance": async () => ({
    id: await create("/transfer-buckets", newBucket()),
    body: { balance: "200" },
  }),
  "transferBuckets.adjustBalance": async () => ({
    id: await create("/transfer-buckets", newBucket()),
    body: { amount: "-0.01" },
  }),
  "users.approve": async () => ({ id: await givenPending(), body: { roles: ["Operator"] } }),
  "users.reject": async () => ({ id: await givenPending() }),
  "users.disable": async () => ({ id: (await givenAccount()).id }),
  "users.enable": async () => {
    const { id } = await givenAccount();
    await send("POST", `/users/${id}/disable`);
    return { id };
  },
  "users.setRoles": async () => ({ id: (await givenAccount()).id, body: { roles: ["Operator"] } }),
  "users.allowPasswordReset": async () => ({ id: (await givenAccount()).id }),
  "users.updateMe": async () => ({ by: await testApp.login(), body: { phone: newPhone() } }),
  "users.changePassword": async () => ({
    by: (await givenAccount()).user,
    body: { currentPassword: password, newPassword },
  }),
};

const routes = restRoutes(v1Router)
  .filter(({ isMutation }) => isMutation)
  .map((route) => ({ ...route, name: route.procedure.join(".") }));
const audited = routes.filter(({ name }) => name in calls);

let testApp: TestApp;
let admin: TestUser;
let passwordHash: string;
let tables: string[];

beforeAll(async () => {
  testApp = await createTestApp();
  admin = await testApp.login("Admin");
  passwordHash = await hashPassword(password);
  const rows = await testApp.services.pool.query<Record<string, string>[]>("SHOW TABLES");
  tables = rows.flatMap((row) => Object.values(row));
});

afterEach(() => testApp.services.pool.query("DROP TRIGGER IF EXISTS refuse_audit"));

afterAll(() => testApp.close());

async function send(method: string, path: string, body?: object, by = admin, requestId = newId()) {
  const verb = method.toLowerCase() as "post" | "put" | "delete";
  const asking = request(testApp.app)[verb](`/api/v1${path}`);
  asking.set("Authorization", `Bearer ${by.accessToken}`).set("X-Request-Id", requestId);
  return body ? asking.send(body) : asking;
}

async function upload(file: File, requestId = newId()) {
  const asking = request(testApp.app).post("/api/v1/sounds");
  asking.set("Authorization", `Bearer ${admin.accessToken}`).set("X-Request-Id", requestId);
  return asking.attach("file", Buffer.from(await file.arrayBuffer()), file.name);
}

async function create(path: string, body: object, by?: TestUser): Promise<string> {
  return ((await send("POST", path, body, by)).body as { id: string }).id;
}

const newRole = () => ({ name: newId(), permissions: [], description: "" });
const newRule = () => ({ name: "A rule", condition: "event.type == 'a'", targetRoles: ["Operator"] });
const newBucket = () => ({ name: "Payouts", currency: "EUR", currentBalance: "150", threshold: "100" });
const newSound = () => new File([silentWav()], `${newId()}.wav`);
const newApiKey = () => ({ name: "A key", scopes: ["events:send"] });
const newPhone = () => `+49151${Math.trunc(Math.random() * 1e8)}`.padEnd(13, "0");
const newSilence = () => ({
  condition: "event.type == 'a'",
  startsAt: new Date().toISOString(),
  endsAt: new Date(Date.now() + 3_600_000).toISOString(),
});

async function givenAccount() {
  const { services } = testApp;
  const email = `${newId()}@example.com`;
  const id = await givenUser(services.db, [], email);
  await services.db.user.update({ where: { id }, data: { passwordHash } });
  const account = await loadAccount(services.db, id);
  if (!account) throw new Error("The user is not there");
  const ctx = {
    ...services,
    actor: { type: "anonymous" as const },
    request: { id: newId(), ip: null, userAgent: null },
  };
  const session = await services.db.$transaction((tx) => issueSession(tx, ctx, account, newSessionTokens()));
  return { id, email, user: { id, ...session } };
}

async function givenPending(): Promise<string> {
  const { id } = await givenAccount();
  await testApp.services.db.user.update({ where: { id }, data: { status: "pending" } });
  return id;
}

async function givenResetToken(): Promise<string> {
  const { id } = await givenAccount();
  return ((await send("POST", `/users/${id}/password-reset`)).body as { token: string }).token;
}

async function givenDeadLetter(): Promise<string> {
  const { db, pool } = testApp.services;
  const { body } = await send("POST", "/events", { type: "a", source: "b", payload: {} });
  const eventId = (body as { id: string }).id;
  await db.event.update({ where: { id: eventId }, data: { status: "dead" } });
  await pool.query(
    "INSERT INTO dead_letter (id, eventId, error, attempts, createdAt) VALUES (?, ?, 'broken', 8, NOW(3))",
    [newId(), eventId],
  );
  return (await db.deadLetter.findUniqueOrThrow({ where: { eventId } })).id;
}

async function callOf(name: string): Promise<Call> {
  const make = calls[name];
  if (!make) throw new Error(`Say in this test how ${name} is called`);
  return make();
}

async function run(route: (typeof routes)[number], { id = "", body, file, by }: Call, requestId = newId()) {
  if (file) return upload(file, requestId);
  return send(route.method, route.path.replace("{id}", id), body, by, requestId);
}

/** A number for the contents of each table. */
async function contents(): Promise<unknown> {
  return testApp.services.pool.query(`CHECKSUM TABLE ${tables.map((name) => `\`${name}\``).join(", ")}`);
}

describe("every procedure that changes something", () => {
  it("is tried here, or has a reason to leave no line", () => {
    const unknown = routes.map(({ name }) => name).filter((name) => !(name in calls) && !(name in unaudited));
    expect(unknown).toEqual([]);
  });
});

/** Deciding on these gives or takes access. */
const accessPermissions: readonly unknown[] = ["users:manage", "roles:manage", "api-keys:manage"];

const ofAccess = audited.filter(({ meta }) => accessPermissions.includes(meta.requires));

it("deciding on users, roles and API keys is among what is tried", () => {
  expect(new Set(ofAccess.map(({ procedure }) => procedure[0]))).toEqual(
    new Set(["users", "roles", "apiKeys"]),
  );
});

describe.each(ofAccess)("$name, whose caller is disabled while it waits for its locks,", (route) => {
  it("is refused and changes nothing", async () => {
    const by = await testApp.login("Admin");
    const [call, requestId] = [await callOf(route.name), newId()];
    const { db, pool } = testApp.services;
    const { answer } = await pool.transaction("READ COMMITTED", async (connection) => {
      await connection.query("SELECT value FROM data_version WHERE name = 'directory' FOR UPDATE");
      const waiting = run(route, { ...call, by }, requestId);
      await eventually(async () => expect(await countLockWaits(pool)).toBe(1));
      await connection.query("UPDATE `user` SET status = 'disabled' WHERE id = ?", [by.id]);
      return { answer: waiting };
    });
    expect(await answer).toMatchObject({ status: 401, body: { code: "UNAUTHENTICATED" } });
    expect(await db.auditLog.count({ where: { requestId } })).toBe(0);
  });
});

describe.each(audited)("$name", (route) => {
  it("leaves one line in the audit log, which names its request", async () => {
    const [call, requestId] = [await callOf(route.name), newId()];
    const { status } = await run(route, call, requestId);
    expect(status).toBeLessThan(300);
    expect(await testApp.services.db.auditLog.count({ where: { requestId } })).toBe(1);
  });

  it("changes nothing where its line cannot be written", async () => {
    const call = await callOf(route.name);
    await testApp.services.pool.query(
      "CREATE TRIGGER refuse_audit BEFORE INSERT ON audit_log FOR EACH ROW SIGNAL SQLSTATE '45000'",
    );
    const before = await contents();
    const { status } = await run(route, call);
    expect(status).toBeGreaterThanOrEqual(500);
    expect(await contents()).toEqual(before);
  });
});
