import { newId } from "@tocsin/db/ids";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import type { LoggedPush } from "@tocsin/sandbox/push/logged-push";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";
import { faultSettings } from "./support/fault-settings.ts";

const alerts = 150;
const { seed, random } = faultSettings({ events: alerts });
const iphone = "ab".repeat(32);
const healing = { timeoutMs: 120_000, everyMs: 200 };

let system: System;
let admin: Client;
let operator: Client;

beforeAll(async () => {
  system = await startSystem(undefined, { INTERRUPTIONS_PER_USER_PER_MINUTE: "100000" });
  [admin, operator] = await Promise.all([
    logIn(system, accounts.admin.email),
    logIn(system, accounts.operator.email),
  ]);
  await operator.put("/api/v1/users/me/push-tokens", { fcm: "android", apns: iphone });
});

afterAll(() => system.close());

/** Raises so many alerts to the operator. */
async function raise(): Promise<string> {
  const type = `faults.${newId()}`;
  const rule = {
    name: type,
    condition: `event.type == "${type}"`,
    targetRoles: ["Operator"],
    stormLimit: 100_000,
  };
  const { body } = await admin.post("/api/v1/rules", rule);
  const events = Array.from({ length: alerts }, () => ({ type, source: "test" }));
  expect((await admin.post("/api/v1/events/batch", { events })).body).toMatchObject({ accepted: alerts });
  return body.id;
}

async function untilPushed(ruleId: string): Promise<string[]> {
  return eventually(async () => {
    const notifications = await system.db.notification.findMany({ where: { ruleId }, select: { id: true } });
    const ids = notifications.map(({ id }) => id);
    expect(ids).toHaveLength(alerts);
    const taken = await system.db.pushDelivery.count({
      where: { notificationId: { in: ids }, status: "accepted", dueAt: null },
    });
    expect(taken).toBe(2 * alerts);
    return ids;
  }, healing);
}

/** Every delivery id that a provider ever saw for an alert on a device. */
function idsByAlert(pushes: readonly LoggedPush[], alertIds: ReadonlySet<string>): Map<string, Set<string>> {
  const seen = new Map<string, Set<string>>();
  for (const { id, body, token } of pushes) {
    const { data, notificationId } = body as { data?: { notificationId: string }; notificationId?: string };
    const alert = data?.notificationId ?? notificationId ?? "";
    if (!alertIds.has(alert)) continue;
    const key = `${token}:${alert}`;
    seen.set(key, (seen.get(key) ?? new Set()).add(id ?? ""));
  }
  return seen;
}

function expectOneIdEach(alertIds: readonly string[]): void {
  const known = new Set(alertIds);
  for (const pushes of [system.fcm.pushes, system.apns.pushes]) {
    const seen = idsByAlert(pushes, known);
    expect(seen.size).toBe(alerts);
    for (const ids of seen.values()) expect(ids.size).toBe(1);
  }
}

it(`phones are reached through errors, busy answers, cut and hanging connections, each alert under one delivery id (seed ${seed})`, async () => {
  const kinds = ["429", "500", "503", "drop", "hang"] as const;
  for (let order = 0; order < 10; order += 1) {
    const kind = random.pick(kinds);
    const calls = 1 + random.below(kind === "hang" ? 2 : 8);
    system.fcm.faults.add({ kind, calls });
    system.apns.faults.add({ kind, calls });
  }
  system.apns.faults.add({ kind: "goaway", calls: 1 });
  expectOneIdEach(await untilPushed(await raise()));
});

it(`a worker that is killed while it sends leaves no phone unreached, and sends nothing under another id (seed ${seed})`, async () => {
  const ruleId = await raise();
  for (let kill = 0; kill < 3; kill += 1) {
    const before = system.fcm.pushes.length;
    // Where everything is sent already there is nothing to wait for.
    await eventually(() => expect(system.fcm.pushes.length).toBeGreaterThan(before)).catch(() => undefined);
    system.worker().signal("SIGKILL");
    await system.worker().exited;
    await system.startWorker();
  }
  expectOneIdEach(await untilPushed(ruleId));
});

it("an unacknowledged alert is withdrawn from all phones once it is acknowledged, also while providers fail", async () => {
  const ids = await untilPushed(await raise());
  system.fcm.faults.add({ kind: "500", calls: 5 });
  system.apns.faults.add({ kind: "drop", calls: 5 });
  for (const id of ids.slice(0, 20)) await operator.put(`/api/v1/notifications/${id}/acknowledge`);
  await eventually(async () => {
    const withdrawn = await system.db.pushDelivery.count({
      where: { notificationId: { in: ids.slice(0, 20) }, status: "withdrawn" },
    });
    expect(withdrawn).toBe(40);
  }, healing);
});
