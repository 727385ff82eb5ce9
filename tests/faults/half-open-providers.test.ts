import { newId } from "@tocsin/db/ids";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { type SwallowingProxy, startSwallowingProxy } from "@tocsin/sandbox/testing/swallowing-proxy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Client, logIn } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";

const alerts = 50;
const healing = { timeoutMs: 60_000, everyMs: 100 };

type Provider = "fcm" | "apns" | "pusher";

let system: System;
let admin: Client;
let proxies: Record<Provider, SwallowingProxy>;

beforeAll(async () => {
  system = await startSystem(undefined, { INTERRUPTIONS_PER_USER_PER_MINUTE: "100000" });
  const [fcm, apns, pusher] = await Promise.all([
    startSwallowingProxy(system.fcm.port),
    startSwallowingProxy(system.apns.port),
    startSwallowingProxy(system.pusher.port),
  ]);
  proxies = { fcm, apns, pusher };
  await system.worker().stop();
  await system.startWorker({
    FCM_SERVER: `https://127.0.0.1:${fcm.port}`,
    APNS_SERVER: `https://127.0.0.1:${apns.port}`,
    PUSHER_PORT: String(pusher.port),
  });
  admin = await logIn(system, accounts.admin.email);
  const operator = await logIn(system, accounts.operator.email);
  await operator.put("/api/v1/users/me/push-tokens", { fcm: "android", apns: "ab".repeat(32) });
});

afterAll(async () => {
  await system.close();
  await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
});

/** Raises alerts to the operator, and waits until all three providers have taken all of them. */
async function expectAllTold(): Promise<void> {
  const type = `half-open.${newId()}`;
  const { body: rule } = await admin.post("/api/v1/rules", {
    ...{ name: type, condition: `event.type == "${type}"`, targetRoles: ["Operator"], stormLimit: 100_000 },
  });
  const events = Array.from({ length: alerts }, () => ({ type, source: "test" }));
  expect((await admin.post("/api/v1/events/batch", { events })).status).toBe(202);
  await eventually(async () => {
    const { db } = system;
    const rows = await db.notification.findMany({ where: { ruleId: rule.id }, select: { id: true } });
    const notificationId = { in: rows.map(({ id }) => id) };
    const sent = { notificationId, status: "accepted", dueAt: null } as const;
    const told = {
      fcm: await db.pushDelivery.count({ where: { ...sent, platform: "fcm" } }),
      apns: await db.pushDelivery.count({ where: { ...sent, platform: "apns" } }),
      pusher: await db.notification.count({ where: { id: notificationId, pusherEventSent: true } }),
    };
    expect(told).toEqual({ fcm: alerts, apns: alerts, pusher: alerts });
  }, healing);
}

describe("everybody is told although the connections that are open lead nowhere any more", () => {
  it.each(["fcm", "apns", "pusher"] as const)("to %s", async (provider) => {
    await expectAllTold();
    proxies[provider].swallow();
    const startedAt = performance.now();
    await expectAllTold();
    console.log(`${provider} half open: all told after ${Math.round(performance.now() - startedAt)} ms`);
  });

  it("to all three at once, and while nothing passes for ten seconds", async () => {
    for (const proxy of Object.values(proxies)) proxy.swallowAll();
    setTimeout(() => Object.values(proxies).forEach((proxy) => proxy.heal()), 10_000);
    await expectAllTold();
  });
});
