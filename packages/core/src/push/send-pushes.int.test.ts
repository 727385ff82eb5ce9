import { newId } from "@tocsin/db/ids";
import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Context } from "../context.ts";
import type { Channel, DeliveryOutcome, DeliveryRequest, DeliveryTarget } from "../delivery/channel.ts";
import { deliverNotifications } from "../delivery/deliver-notifications.ts";
import { hashOf } from "../events/hash.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { acknowledgeNotification } from "../notifications/acknowledge-notification.ts";
import { readNotification } from "../notifications/read-notification.ts";
import { recordReceipt } from "../notifications/record-receipt.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { presenceKey } from "../presence/presence-key.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { countLockWaits } from "../testing/lock-waits.ts";
import { createTestServices } from "../testing/test-services.ts";
import { findDuePushes } from "./find-due-pushes.ts";
import { sendPushes } from "./send-pushes.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;

beforeAll(async () => {
  test = await createTestServices();
});

afterAll(() => test.close());

const accepted: DeliveryOutcome = { status: "accepted", providerId: "p1" };
const busy: DeliveryOutcome = { status: "transient", errorCode: "http_503", message: "", retryAfterMs: null };

const unanswered: DeliveryOutcome = { ...busy, errorCode: "timeout" };
const calledBack: DeliveryOutcome = { status: "not_called", errorCode: "called_back", retryAfterMs: 250 };

/** A provider that answers as told and remembers what it was asked. */
function provider(name: Channel["name"], answer: (address: string) => DeliveryOutcome = () => accepted) {
  const requests: DeliveryRequest[] = [];
  const channel: Channel = {
    name,
    maximumTargets: 100,
    deliver: (some, mayCall = () => true) => {
      requests.push(...some.filter(({ targets }) => targets.some(mayCall)));
      const outcomeOf = (target: DeliveryTarget) => (mayCall(target) ? answer(target.address) : calledBack);
      return Promise.resolve(some.map(({ targets }) => targets.map(outcomeOf)));
    },
  };
  return { channel, requests };
}

async function givenDevice(
  userId: string,
  platform: "fcm" | "apns",
  token: string = newId(),
): Promise<string> {
  const now = new Date();
  const { id } = await test.services.db.device.create({
    data: {
      ...{ id: newId(), userId, platform, token, tokenHash: new Uint8Array(hashOf(token)) },
      ...{ createdAt: now, lastSeenAt: now },
    },
  });
  return id;
}

/** Somebody with devices, and an alert for them that Pusher has taken. */
async function alertTo(
  devices: readonly { platform: "fcm" | "apns"; token?: string }[],
  { priority = 3, isPresent = false, screen = provider("pusher").channel } = {},
): Promise<{ id: string; ctx: Context; userId: string; deviceIds: string[] }> {
  const role = newId();
  const userId = await givenUser(test.services.db, [await givenRole(test.services.db, role)]);
  const ctx = test.contextOf(actorOf(userId));
  const deviceIds = await Promise.all(
    devices.map(({ platform, token }) => givenDevice(userId, platform, token)),
  );
  if (isPresent) await test.services.redis.zadd(presenceKey, Date.now() + 60_000, userId);
  const type = `push.${newId()}`;
  await givenRule(ctx, { condition: `event.type == "${type}"`, targetRoles: [role], priority });
  const event = prepareEvent({ type, source: "test", payload: {}, action: "trigger" }, null);
  await insertEvents(test.services.pool, [event]);
  const batch = await processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId: event.id }]);
  const id = batch.dueNotificationIds[0] ?? "";
  const services = test.deliveryOf(screen, { pushPlatforms: ["fcm", "apns"] });
  await deliverNotifications(services, { notificationIds: [id] });
  return { id, ctx, userId, deviceIds };
}

const push = (platform: "fcm" | "apns", channel: Channel, id: string) =>
  sendPushes(
    { ...test.services, measure: () => {}, pushChannels: { [platform]: channel } },
    { platform, notificationIds: [id] },
  );
const statesOf = async (id: string) =>
  (await test.services.db.pushDelivery.findMany({ where: { notificationId: id } })).map(
    ({ status }) => status,
  );
const makeDue = (id: string) =>
  test.services.pool.query(
    "UPDATE push_delivery SET dueAt = UTC_TIMESTAMP(3) WHERE notificationId = ? AND dueAt IS NOT NULL",
    [id],
  );
const addresses = (requests: readonly DeliveryRequest[]) =>
  requests.flatMap(({ targets }) => targets.map(({ address }) => address));

it("reaches every device of somebody who has no screen open, each by its own provider, once", async () => {
  const { id } = await alertTo([
    { platform: "fcm", token: "android-1" },
    { platform: "fcm", token: "android-2" },
    { platform: "apns", token: "iphone" },
  ]);
  const [fcm, apns] = [provider("fcm"), provider("apns")];
  await Promise.all([
    push("fcm", fcm.channel, id),
    push("fcm", fcm.channel, id),
    push("apns", apns.channel, id),
  ]);
  expect(addresses(fcm.requests).toSorted()).toEqual(["android-1", "android-2"]);
  expect(addresses(apns.requests)).toEqual(["iphone"]);
  expect(await statesOf(id)).toEqual(["accepted", "accepted", "accepted"]);
});

it("is not passed over because somebody else holds its row for a moment", async () => {
  const { id } = await alertTo([{ platform: "fcm" }]);
  const { channel, requests } = provider("fcm");
  const sending = await test.services.pool.transaction("READ COMMITTED", async (connection) => {
    await connection.query("SELECT deviceId FROM push_delivery WHERE notificationId = ? FOR UPDATE", [id]);
    const sent = push("fcm", channel, id);
    await eventually(async () => expect(await countLockWaits(test.services.pool)).toBe(1));
    return { sent };
  });
  await sending.sent;
  expect(requests).toHaveLength(1);
});

it("waits for a screen that is open, and is sent when the screen does not tell that it showed it", async () => {
  const { id } = await alertTo([{ platform: "fcm" }], { isPresent: true });
  const { channel, requests } = provider("fcm");
  await push("fcm", channel, id);
  expect(requests).toHaveLength(0);
  await makeDue(id);
  await push("fcm", channel, id);
  expect(requests).toHaveLength(1);
});

it("is sent at once for a critical alert, whether a screen is open or not", async () => {
  const { id } = await alertTo([{ platform: "fcm" }], { isPresent: true, priority: 1 });
  const { channel, requests } = provider("fcm");
  await push("fcm", channel, id);
  expect(requests).toHaveLength(1);
});

it("is not sent any more once the person has read the alert, and is taken away where it was sent", async () => {
  const waiting = await alertTo([{ platform: "fcm" }], { isPresent: true });
  await readNotification(waiting.ctx, { id: waiting.id });
  const sent = await alertTo([{ platform: "fcm" }]);
  const { channel, requests } = provider("fcm");
  await push("fcm", channel, sent.id);
  await readNotification(sent.ctx, { id: sent.id });
  await push("fcm", channel, sent.id);
  await push("fcm", channel, waiting.id);
  expect(requests.map(({ message }) => message)).toMatchObject([
    { type: "alert", notification: { notificationId: sent.id } },
    { type: "withdrawal", notificationId: sent.id, reason: "read" },
  ]);
  expect([await statesOf(waiting.id), await statesOf(sent.id)]).toEqual([["cancelled"], ["withdrawn"]]);
});

it("stays where it was sent when its own phone tells, at that very moment, that it showed it", async () => {
  const { id, ctx } = await alertTo([{ platform: "fcm" }]);
  const { channel, requests } = provider("fcm");
  const quick: Channel = {
    ...channel,
    async deliver(some) {
      const outcomes = await channel.deliver(some);
      await recordReceipt(ctx, { id, type: "displayed" });
      return outcomes;
    },
  };
  await push("fcm", quick, id);
  expect(await statesOf(id)).toEqual(["accepted"]);
  expect(requests).toHaveLength(1);
});

it("is taken away where the person acknowledged while the provider was being asked", async () => {
  const { id, ctx } = await alertTo([{ platform: "fcm" }]);
  const { channel, requests } = provider("fcm");
  const slow: Channel = {
    ...channel,
    async deliver(some) {
      const outcomes = await channel.deliver(some);
      await acknowledgeNotification(ctx, { id });
      return outcomes;
    },
  };
  await push("fcm", slow, id);
  expect(await statesOf(id)).toEqual(["withdrawing"]);
  await push("fcm", channel, id);
  expect(requests.map(({ message }) => message.type)).toEqual(["alert", "withdrawal"]);
});

it("is tried again under the same delivery id, and only on the device that was not reached", async () => {
  const { id } = await alertTo([
    { platform: "fcm", token: "good" },
    { platform: "fcm", token: "bad" },
  ]);
  const first = provider("fcm", (address) => (address === "bad" ? busy : accepted));
  await push("fcm", first.channel, id);
  await makeDue(id);
  const second = provider("fcm");
  await push("fcm", second.channel, id);
  expect(addresses(second.requests)).toEqual(["bad"]);
  const idOf = (requests: readonly DeliveryRequest[]) =>
    requests.flatMap(({ targets }) => targets).find(({ address }) => address === "bad")?.deliveryId;
  expect(idOf(second.requests)).toBe(idOf(first.requests));
  expect(idOf(second.requests)).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
});

it("puts a device out of use that its provider no longer knows, and no other; it is never tried again", async () => {
  const { id, deviceIds } = await alertTo([
    { platform: "apns", token: "gone" },
    { platform: "apns", token: "there" },
  ]);
  const { channel } = provider("apns", (address) =>
    address === "gone" ? { status: "gone", errorCode: "Unregistered", message: "", since: null } : accepted,
  );
  await push("apns", channel, id);
  const devices = await test.services.db.device.findMany({ where: { id: { in: deviceIds } } });
  const disabled = devices.filter(({ disabledAt }) => disabledAt !== null);
  expect(disabled).toMatchObject([{ token: "gone", disabledReason: "Unregistered" }]);
  await makeDue(id);
  const later = provider("apns");
  await push("apns", later.channel, id);
  expect(later.requests).toEqual([]);
});

it("leaves a device in use that told of itself after its provider gave it up", async () => {
  const { id, deviceIds } = await alertTo([{ platform: "apns" }]);
  const since = new Date(Date.now() - 60_000);
  const { channel } = provider("apns", () => ({
    status: "gone",
    errorCode: "Unregistered",
    message: "",
    since,
  }));
  await push("apns", channel, id);
  expect(
    await test.services.db.device.findUniqueOrThrow({ where: { id: deviceIds[0] ?? "" } }),
  ).toMatchObject({
    disabledAt: null,
  });
});

it("goes out although Pusher takes nothing", async () => {
  const silent = provider("pusher", () => busy);
  const { id } = await alertTo([{ platform: "fcm" }], { isPresent: true, screen: silent.channel });
  await makeDue(id);
  const { channel, requests } = provider("fcm");
  await push("fcm", channel, id);
  expect(requests).toHaveLength(1);
});

it("that its worker never sent is found again when its lease is over", async () => {
  const { id } = await alertTo([{ platform: "fcm" }]);
  const dead: Channel = {
    name: "fcm",
    maximumTargets: 1,
    deliver: () => Promise.reject(new Error("kill -9")),
  };
  await expect(push("fcm", dead, id)).rejects.toThrow("kill -9");
  expect(await findDuePushes(test.services.pool, "fcm")).not.toContain(id);
  await test.services.pool.query(
    "UPDATE push_delivery SET dueAt = dueAt - INTERVAL 60 SECOND WHERE notificationId = ?",
    [id],
  );
  expect(await findDuePushes(test.services.pool, "fcm")).toContain(id);
});

/** A channel that does something before it answers, after the provider took it. */
const doing = (channel: Channel, meanwhile: () => Promise<unknown>): Channel => ({
  ...channel,
  async deliver(some, mayCall) {
    const outcomes = await channel.deliver(some, mayCall);
    await meanwhile();
    return outcomes;
  },
});
/** As they stand in MySQL. */
const rowsOf = (id: string) => test.services.db.pushDelivery.findMany({ where: { notificationId: id } });
const typesOf = (requests: readonly DeliveryRequest[]) => requests.map(({ message }) => message.type);

it.each([
  ["failed", busy],
  ["succeeded", accepted],
])(
  "that another worker took over is left as that one settled it, although this one %s",
  async (_what, late) => {
    const { id } = await alertTo([{ platform: "fcm" }]);
    const second = provider("fcm");
    const frozen = doing(provider("fcm", () => late).channel, async () => {
      await makeDue(id);
      await push("fcm", second.channel, id);
    });
    await push("fcm", frozen, id);
    expect(second.requests).toHaveLength(1);
    expect(await rowsOf(id)).toMatchObject([{ status: "accepted", dueAt: null, attempts: 2, leaseId: null }]);
  },
);

it("that waits for its turn is not sent any more where the alert is acknowledged, and nothing is withdrawn", async () => {
  const { id, ctx } = await alertTo([{ platform: "fcm" }]);
  const { channel, requests } = provider("fcm");
  const waiting: Channel = {
    ...channel,
    async deliver(some, mayCall = () => true) {
      await acknowledgeNotification(ctx, { id });
      const isCalledBack = () => expect(some.flatMap(({ targets }) => targets).some(mayCall)).toBe(false);
      await eventually(isCalledBack);
      return channel.deliver(some, mayCall);
    },
  };
  await push("fcm", waiting, id);
  expect(requests).toEqual([]);
  expect(await rowsOf(id)).toMatchObject([{ status: "cancelled", dueAt: null }]);
});

it("that waits for its turn is not sent any more to somebody who lost the role meanwhile", async () => {
  const { id, userId } = await alertTo([{ platform: "fcm" }]);
  const { channel, requests } = provider("fcm");
  const waiting: Channel = {
    ...channel,
    async deliver(some, mayCall = () => true) {
      await test.services.db.userRole.deleteMany({ where: { userId } });
      await eventually(() => expect(some.flatMap(({ targets }) => targets).some(mayCall)).toBe(false));
      return channel.deliver(some, mayCall);
    },
  };
  await push("fcm", waiting, id);
  expect(requests).toEqual([]);
});

it("is withdrawn where nobody knows whether its provider took it", async () => {
  const { id, ctx } = await alertTo([{ platform: "fcm" }]);
  await push("fcm", provider("fcm", () => unanswered).channel, id);
  await acknowledgeNotification(ctx, { id });
  const { channel, requests } = provider("fcm");
  await push("fcm", channel, id);
  expect(typesOf(requests)).toEqual(["withdrawal"]);
  expect(await statesOf(id)).toEqual(["withdrawn"]);
});

it("of an earlier round is withdrawn although the repetition made its row pending, or failed, again", async () => {
  for (const repetition of ["pending", "failed"] as const) {
    const { id, ctx } = await alertTo([{ platform: "fcm" }]);
    await push("fcm", provider("fcm").channel, id);
    await test.services.pool.query(
      "UPDATE push_delivery SET status = ?, round = 1, dueAt = IF(? = 'pending', UTC_TIMESTAMP(3) + INTERVAL 1 HOUR, NULL) WHERE notificationId = ?",
      [repetition, repetition, id],
    );
    await acknowledgeNotification(ctx, { id });
    const { channel, requests } = provider("fcm");
    await push("fcm", channel, id);
    expect(typesOf(requests)).toEqual(["withdrawal"]);
  }
});

it("that was sent by a worker which died before it wrote that down is withdrawn when its lease is over", async () => {
  const { id, ctx } = await alertTo([{ platform: "fcm" }]);
  const dying = doing(provider("fcm").channel, () => Promise.reject(new Error("kill -9")));
  await expect(push("fcm", dying, id)).rejects.toThrow("kill -9");
  await acknowledgeNotification(ctx, { id });
  expect(await rowsOf(id)).toMatchObject([{ status: "withdrawing", dueAt: expect.any(Date) }]);
  await makeDue(id);
  const { channel, requests } = provider("fcm");
  await push("fcm", channel, id);
  expect(typesOf(requests)).toEqual(["withdrawal"]);
});

it("is not sent to somebody who acknowledged for themselves before their phones were written down", async () => {
  const { id, userId } = await alertTo([{ platform: "fcm" }]);
  await test.services.db.notificationRecipient.updateMany({
    where: { notificationId: id, userId },
    data: { acknowledgedAt: new Date() },
  });
  const { channel, requests } = provider("fcm");
  await push("fcm", channel, id);
  expect(requests).toEqual([]);
});

it("that a provider left alone did not take has had no try", async () => {
  const { id } = await alertTo([{ platform: "fcm" }]);
  const paused = { status: "not_called", errorCode: "paused", retryAfterMs: 1_000 } as const;
  await push("fcm", provider("fcm", () => paused).channel, id);
  expect(await rowsOf(id)).toMatchObject([{ status: "pending", attempts: 0, calledAt: null }]);
});
