import { realtimeEvents } from "@tocsin/contracts/realtime";
import { newId } from "@tocsin/db/ids";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import type { LoggedPush } from "@tocsin/sandbox/push/logged-push";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type Client, logIn, openScreen, type Screen } from "../support/client.ts";
import { accounts, startSystem, type System } from "../support/system.ts";

/** How long an open screen has to show an alert, in this test. Seconds. */
const fallbackSeconds = 2;
const iphone = "ab".repeat(32);

let system: System;
let admin: Client;
let operator: Client;
let screens: Screen[] = [];

beforeAll(async () => {
  system = await startSystem(undefined, { PUSH_FALLBACK_SECONDS: String(fallbackSeconds) });
  [admin, operator] = await Promise.all([
    logIn(system, accounts.admin.email),
    logIn(system, accounts.operator.email),
  ]);
  await operator.put("/api/v1/users/me/push-tokens", { fcm: "android", apns: iphone });
});

afterEach(async () => {
  for (const screen of screens) screen.close();
  screens = [];
  system.fcm.tokenFaults.clear();
  system.pusher.faults.clear();
  system.fcm.faults.clear();
  await eventually(async () => {
    if (String(await channelsOf(operator)) !== "")
      throw new Error("The screens are still thought to be open");
  });
});

afterAll(() => system.close());

const channelsOf = async (client: Client) => (await client.get("/api/v1/users/me")).body["pusherChannels"];

/** A screen that the service knows of. */
async function givenScreen(): Promise<Screen> {
  const screen = await openScreen(system, operator);
  screens.push(screen);
  await eventually(async () => expect(await channelsOf(operator)).toHaveLength(1));
  return screen;
}

/** Alerts the operator; gives the notification's id. */
async function alert(priority: number, requestId = newId()): Promise<string> {
  const type = `push.${newId()}`;
  const rule = { name: "A rule", condition: `event.type == "${type}"`, targetRoles: ["Operator"], priority };
  await admin.post("/api/v1/rules", { ...rule, sound: "alarm.mp3" });
  const sent = { type, source: "test", payload: {} };
  const { body } = await admin.post("/api/v1/events", sent, { "x-request-id": requestId });
  return eventually(async () => {
    const event = await admin.get(`/api/v1/events/${body.id}`);
    const [match] = event.body["matches"] as { notificationId: string }[];
    expect(match).toBeDefined();
    return match?.notificationId ?? "";
  });
}

const typeOf = (body: unknown) => {
  const { data, type } = body as { data?: { type: string }; type?: string };
  return data?.type ?? type;
};
const about = (pushes: readonly LoggedPush[], id: string, type = "alert") =>
  pushes.filter(({ body }) => typeOf(body) === type && JSON.stringify(body).includes(id));
const rang = (id: string) => ({
  android: about(system.fcm.pushes, id).length,
  iphone: about(system.apns.pushes, id).length,
});

/** The lines of the worker's log that go back to a request. */
const linesOf = (requestId: string) =>
  system
    .worker()
    .logs()
    .split("\n")
    .filter((line) => line.includes(`"correlationId":"${requestId}"`))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe("an alert", () => {
  it("reaches the phones of somebody without a screen, Android and iPhone, once each", async () => {
    const id = await alert(3);
    await eventually(() => expect(rang(id)).toEqual({ android: 1, iphone: 1 }));
    const [push] = about(system.fcm.pushes, id);
    expect(push?.body).toMatchObject({ android: { notification: { sound: "alarm" } } });
  });

  it("that a screen showed does not ring on the phones", async () => {
    const screen = await givenScreen();
    const id = await alert(2);
    await eventually(() => expect(screen.received).toHaveLength(1));
    const told = await operator.post(`/api/v1/notifications/${id}/receipt`, { type: "displayed" });
    expect(told.status).toBe(200);
    const later = await alert(2);
    await eventually(() => expect(rang(later)).toEqual({ android: 1, iphone: 1 }));
    expect(rang(id)).toEqual({ android: 0, iphone: 0 });
  });

  it("that an open screen does not show rings on the phones a little later", async () => {
    const screen = await givenScreen();
    const id = await alert(2);
    await eventually(() => expect(screen.received).toHaveLength(1));
    expect(rang(id)).toEqual({ android: 0, iphone: 0 });
    await eventually(() => expect(rang(id)).toEqual({ android: 1, iphone: 1 }));
  });

  it("that is critical comes to screen and phones at once", async () => {
    const screen = await givenScreen();
    const id = await alert(1);
    await eventually(() => {
      expect(screen.received).toHaveLength(1);
      expect(rang(id)).toEqual({ android: 1, iphone: 1 });
    });
  });

  it("that was acknowledged on one device is taken away on the others", async () => {
    const screen = await givenScreen();
    const id = await alert(1);
    await eventually(() => expect(rang(id)).toEqual({ android: 1, iphone: 1 }));
    await operator.put(`/api/v1/notifications/${id}/acknowledge`);
    await eventually(() => {
      expect(screen.told).toContainEqual({ name: realtimeEvents.acknowledged, data: { notificationId: id } });
      expect(about(system.fcm.pushes, id, "withdrawal")).toHaveLength(1);
      expect(about(system.apns.pushes, id, "withdrawal")).toHaveLength(1);
    });
    expect(screen.told.map(({ name }) => name)).toContain(realtimeEvents.unreadCount);
  });
});

it("the id of a request is found in the log of every step: the alert, the call of Pusher, the push notification", async () => {
  const requestId = `request-${newId()}`;
  const notificationId = await alert(3, requestId);
  await eventually(() => {
    const told = linesOf(requestId).map(({ message, notificationId: id, channel, platform }) => ({
      ...{ message, id, by: channel ?? platform ?? "pipeline" },
    }));
    const steps = [
      { message: "An alert was raised", id: notificationId, by: "pipeline" },
      { message: "A delivery was made", id: notificationId, by: "pusher" },
      { message: "Push notifications were sent", id: notificationId, by: "fcm" },
      { message: "Push notifications were sent", id: notificationId, by: "apns" },
    ];
    expect(told).toEqual(expect.arrayContaining(steps));
  });
});

describe("a device", () => {
  it("whose app was removed is put out of use, and nothing is ever sent there again", async () => {
    const { body } = await operator.post("/api/v1/users/me/devices", { platform: "fcm", token: "old-phone" });
    system.fcm.tokenFaults.set("old-phone", "unregistered");
    const id = await alert(3);
    await eventually(async () => {
      const { items } = (await operator.get("/api/v1/users/me/devices")).body as unknown as {
        items: { id: string; disabledReason: string | null }[];
      };
      expect(items.find((device) => device.id === body.id)?.disabledReason).toContain("not-registered");
    });
    const next = await alert(3);
    await eventually(() => expect(rang(next)).toEqual({ android: 1, iphone: 1 }));
    const tries = system.fcm.pushes.filter(({ token }) => token === "old-phone");
    expect(tries).toHaveLength(1);
    expect(rang(id).android).toBe(2);
  });
});

describe("a drill", () => {
  it("goes the way of every alert, and its report tells whom it reached and how", async () => {
    const rule = await admin.post("/api/v1/rules", {
      name: "Ledger down",
      condition: 'event.type == "ledger.down"',
      targetRoles: ["Operator"],
      priority: 1,
    });
    const started = await admin.post(`/api/v1/rules/${rule.body.id}/drill`);
    expect(started).toMatchObject({ status: 202, body: { recipientCount: 1 } });
    await eventually(() => expect(rang(started.body.id)).toEqual({ android: 1, iphone: 1 }));
    await operator.post(`/api/v1/notifications/${started.body.id}/receipt`, { type: "sounded" });
    await eventually(async () => {
      const { body } = await admin.get(`/api/v1/drills/${started.body.id}`);
      expect(body).toMatchObject({ kind: "drill", recipientCount: 1, reached: 1 });
      const [recipient] = body["recipients"] as { devices: { status: string }[]; soundedAt: string | null }[];
      expect(recipient?.soundedAt).toEqual(expect.any(String));
      const states = recipient?.devices.map(({ status }) => status) ?? [];
      expect(states.filter((status) => status === "accepted")).toHaveLength(2);
    });
  });
});

describe("a provider that hangs", () => {
  it("keeps nobody from being reached by the others: Pusher", async () => {
    system.pusher.faults.add({ kind: "hang", calls: 1000 });
    const ids = await Promise.all(Array.from({ length: 6 }, () => alert(2)));
    await eventually(() => {
      for (const id of ids) expect(rang(id)).toEqual({ android: 1, iphone: 1 });
    });
  });

  it("keeps nobody from being reached by the others: FCM", async () => {
    system.fcm.faults.add({ kind: "hang", calls: 1000 });
    const ids = await Promise.all(Array.from({ length: 6 }, () => alert(2)));
    await eventually(() => {
      for (const id of ids) expect(rang(id).iphone).toBe(1);
    });
    const sent = about(system.fcm.pushes, ids[0] ?? "");
    expect(new Set(sent.map((push) => push.id)).size).toBeLessThanOrEqual(1);
  });
});

describe("whose access ends", () => {
  it("is told nothing any more: the screen is cut off, and no phone rings", async () => {
    const screen = await givenScreen();
    await operator.post("/api/v1/auth/logout-everywhere", {});
    await eventually(() => expect(screen.isConnected()).toBe(false));
    const id = await alert(1);
    await eventually(async () => {
      const { body } = await admin.get(`/api/v1/notifications/${id}/deliveries`);
      expect(body["recipients"]).toMatchObject([{ screen: "sent", devices: [] }]);
    });
    expect(rang(id)).toEqual({ android: 0, iphone: 0 });
    expect(screen.received.filter(({ notificationId }) => notificationId === id)).toEqual([]);
    operator = await logIn(system, accounts.operator.email);
  });
});
