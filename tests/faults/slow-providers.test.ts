import { setTimeout as delay } from "node:timers/promises";
import { hashOf } from "@tocsin/core/events/hash";
import { newId } from "@tocsin/db/ids";
import type { LoggedPush } from "@tocsin/sandbox/push/logged-push";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";
import { faultSettings } from "./support/fault-settings.ts";

const { seed, random } = faultSettings({ events: 0 });
const healing = { timeoutMs: 180_000, everyMs: 200 };

let system: System;
let admin: Client;

beforeAll(async () => {
  system = await startSystem(undefined, { INTERRUPTIONS_PER_USER_PER_MINUTE: "100000" });
  admin = await logIn(system, accounts.admin.email);
});

beforeEach(() => {
  for (const provider of [system.fcm, system.apns, system.pusher]) provider.latency.clear();
});

afterAll(() => system.close());

/** A role of its own, with so many people who have so many phones each. */
async function givenPeople(
  count: number,
  phones: readonly ("fcm" | "apns")[],
): Promise<{ role: string; userIds: string[]; tokens: string[] }> {
  const role = newId();
  const { db } = system;
  await db.role.create({ data: { id: role, name: role, description: "", permissions: [], system: false } });
  const now = new Date();
  const userIds = Array.from({ length: count }, () => newId());
  await db.user.createMany({
    data: userIds.map((id) => ({ id, email: `${id}@example.com`, passwordHash: "-", status: "active" })),
  });
  await db.userInbox.createMany({ data: userIds.map((userId) => ({ userId })) });
  await db.userRole.createMany({ data: userIds.map((userId) => ({ userId, roleId: role })) });
  const devices = userIds.flatMap((userId) =>
    phones.map((platform) => {
      const token = newId().replaceAll("-", "").repeat(2);
      return {
        ...{ id: newId(), userId, platform, token, tokenHash: new Uint8Array(hashOf(token)) },
        ...{ createdAt: now, lastSeenAt: now },
      };
    }),
  );
  await db.device.createMany({ data: devices });
  return { role, userIds, tokens: devices.map(({ token }) => token) };
}

async function givenRule(role: string, some: object = {}): Promise<{ type: string; ruleId: string }> {
  const type = `slow.${newId()}`;
  const { status, body } = await admin.post("/api/v1/rules", {
    ...{ name: type, condition: `event.type == "${type}"`, targetRoles: [role], stormLimit: 100_000 },
    ...some,
  });
  expect(status).toBe(201);
  return { type, ruleId: body.id };
}

async function raise(type: string, count: number): Promise<void> {
  const events = Array.from({ length: count }, () => ({ type, source: "test" }));
  expect((await admin.post("/api/v1/events/batch", { events })).status).toBe(202);
}

const alertsOf = (ruleId: string) =>
  system.db.notification.findMany({ where: { ruleId }, select: { id: true, createdAt: true } });

async function untilPushed(ruleId: string, pushes: number): Promise<void> {
  await eventually(async () => {
    const ids = (await alertsOf(ruleId)).map(({ id }) => id);
    const where = { notificationId: { in: ids }, status: "accepted", dueAt: null } as const;
    expect(await system.db.pushDelivery.count({ where })).toBe(pushes);
  }, healing);
}

/** What a push is about. */
function aboutOf({ body }: LoggedPush): { type: string; notificationId: string } {
  const { data, ...own } = body as { data?: object };
  return (data ?? own) as { type: string; notificationId: string };
}

function expectOneEach(pushes: readonly LoggedPush[], tokens: readonly string[], count: number): void {
  const known = new Set(tokens);
  const calls = pushes.filter(({ token }) => known.has(token));
  expect(calls).toHaveLength(count);
  expect(new Set(calls.map((push) => `${push.token} ${aboutOf(push).notificationId}`)).size).toBe(count);
}

/** What was published on people's channels, in the order in which Pusher passed it on. */
function publications(ids: ReadonlySet<string>): { at: number; name: string; channel: string; id: string }[] {
  return system.pusher.requests.flatMap(({ at, body, status }) => {
    if (body === "" || status !== 200) return [];
    const parsed = JSON.parse(body) as Publication | { batch: Publication[] };
    return ("batch" in parsed ? parsed.batch : [parsed]).flatMap(({ name, data, channel, channels }) => {
      const id = (JSON.parse(data) as { notificationId?: string }).notificationId ?? "";
      const all = channels ?? [channel ?? ""];
      return ids.has(id) ? all.map((one) => ({ at: Date.parse(at), name, channel: one, id })) : [];
    });
  });
}

interface Publication {
  name: string;
  data: string;
  channel?: string;
  channels?: string[];
}

it.each([
  ["one alert to 50 people with 20 phones each", 1, 50],
  ["200 alerts to one person with 20 phones", 200, 1],
])(
  "phones are called once for each alert where FCM takes 300 ms for a call: %s",
  async (what, count, people) => {
    system.fcm.latency.set({ minMs: 300, maxMs: 300 });
    const phones = Array.from({ length: 20 }, () => "fcm" as const);
    const { role, tokens } = await givenPeople(people, phones);
    const { type, ruleId } = await givenRule(role);
    const calls = count * tokens.length;
    const startedAt = performance.now();
    await raise(type, count);
    await untilPushed(ruleId, calls);
    console.log(`${what}: ${calls} calls in ${Math.round(performance.now() - startedAt)} ms`);
    expectOneEach(system.fcm.pushes, tokens, calls);
  },
);

it("four batches of 50 alerts to ten people are published once each where Pusher takes 1.5 to 4 s for a call", async () => {
  system.pusher.latency.set({ minMs: 1_500, maxMs: 4_000 });
  const { role } = await givenPeople(10, []);
  const { type, ruleId } = await givenRule(role);
  for (let batch = 0; batch < 4; batch += 1) await raise(type, 50);
  await eventually(async () => {
    expect(await system.db.notification.count({ where: { ruleId, delivered: true } })).toBe(200);
  }, healing);
  const alerts = new Map((await alertsOf(ruleId)).map(({ id, createdAt }) => [id, createdAt.getTime()]));
  const shown = publications(new Set(alerts.keys()));
  const ages = shown.map(({ at, id }) => at - (alerts.get(id) ?? 0)).toSorted((a, b) => a - b);
  console.log(`2,000 screens: p50 ${ages[1_000]} ms, longest ${ages.at(-1)} ms`);
  expect(shown).toHaveLength(2_000);
  expect(new Set(shown.map(({ channel, id }) => `${channel} ${id}`)).size).toBe(2_000);
});

it(`alerts that are acknowledged at any moment, around repetitions and calls under way, stay on no phone and no screen (seed ${seed})`, async () => {
  const count = 200;
  const slowest = 3_000;
  for (const provider of [system.fcm, system.apns, system.pusher]) {
    provider.latency.set({ minMs: 100, maxMs: slowest });
  }
  const { role, tokens, userIds } = await givenPeople(1, ["fcm", "fcm", "apns"]);
  const operator = await logIn(system, accounts.operator.email);
  await system.db.userRole.create({ data: { userId: operator.userId, roleId: role } });
  const { type, ruleId } = await givenRule(role, { ackTimeoutSeconds: 10, ackPolicy: "any" });
  await raise(type, count);
  const alerts = await eventually(async () => {
    const some = await alertsOf(ruleId);
    expect(some).toHaveLength(count);
    return some;
  }, healing);
  const acknowledged = new Map<string, number>();
  await Promise.all(
    alerts.map(async ({ id }) => {
      await delay(random.below(35_000));
      expect((await operator.put(`/api/v1/notifications/${id}/acknowledge`)).status).toBe(200);
      acknowledged.set(id, Date.now());
    }),
  );
  await delay(10_000);

  const known = new Set(tokens);
  const pushes = [...system.fcm.pushes, ...system.apns.pushes]
    .filter(({ token, status }) => known.has(token) && status === 200)
    .map((push) => ({ at: Date.parse(push.at), place: push.token, ...aboutOf(push) }))
    .map(({ at, place, type: what, notificationId: id }) => ({ at, place, id, isShown: what === "alert" }));
  const ids = new Set(alerts.map(({ id }) => id));
  const screens = publications(ids).map(({ at, channel: place, name, id }) => ({
    ...{ at, place, id, isShown: !name.includes("acknowledged") },
  }));
  const byPlace = Map.groupBy(
    [...pushes, ...screens].toSorted((a, b) => a.at - b.at),
    ({ place, id }) => `${place} ${id}`,
  );
  const left = [...byPlace].filter(([, some]) => some.at(-1)?.isShown);
  const late = [...byPlace].filter(([, some]) => {
    const first = some.find(({ isShown }) => isShown);
    return first && first.at > (acknowledged.get(first.id) ?? 0) + slowest + 1_000;
  });
  console.log(
    `${byPlace.size} places of ${count} alerts to ${userIds.length + 1} people: ${left.length} left, ${late.length} told late`,
  );
  expect([left, late]).toEqual([[], []]);
});
