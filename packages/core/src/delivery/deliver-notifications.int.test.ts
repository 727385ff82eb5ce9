import { eventually } from "@tocsin/sandbox/testing/eventually";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "@tocsin/db/ids";
import { prepareEvent } from "../events/prepare-event.ts";
import { insertEvents } from "../events/insert-events.ts";
import { acknowledgeNotification } from "../notifications/acknowledge-notification.ts";
import type { OwnDeliveries } from "../pipeline/claim-deliveries.ts";
import { type BatchResult, processBatch } from "../pipeline/process-batch.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { countLockWaits } from "../testing/lock-waits.ts";
import { createTestServices } from "../testing/test-services.ts";
import type { Channel, DeliveryOutcome, DeliveryRequest } from "./channel.ts";
import { deliverLeased, deliverNotifications } from "./deliver-notifications.ts";
import { findDueDeliveries } from "./find-due-deliveries.ts";
import type { LeasedDeliveries } from "./load-leased.ts";
import { maximumDeliveryAttempts } from "./next-delivery.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let users: string[];

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  users = await Promise.all(Array.from({ length: 7 }, () => givenUser(test.services.db, [role])));
});

afterAll(() => test.close());

/** Raises an alert to all users. */
async function raise(some: { expiresAt?: string } = {}, ownDeliveries?: OwnDeliveries): Promise<BatchResult> {
  const type = `delivery.${newId()}`;
  const author = test.contextOf(actorOf(users[0] ?? ""));
  await givenRule(author, { condition: `event.type == "${type}"`, targetRoles: ["Operator"] });
  const event = prepareEvent({ type, source: "test", payload: {}, action: "trigger", ...some }, null);
  await insertEvents(test.services.pool, [event]);
  const entry = { kind: "stored", streamId: "1-1", eventId: event.id } as const;
  return processBatch({ ...test.pipeline, ...(ownDeliveries && { ownDeliveries }) }, [entry]);
}

/** Raises an alert to all users and gives the notification's id. */
/** So that it has expired by now; an event that expired long ago is not taken. */
const justNow = () => new Date(Date.now() - 1000).toISOString();

async function alert(some: { expiresAt?: string } = {}): Promise<string> {
  const result = await raise(some);
  return result.dueNotificationIds[0] ?? "";
}

/** Raises an alert to all users that the process delivers itself. */
async function ownAlert(
  some: { expiresAt?: string } = {},
): Promise<{ id: string; leased: LeasedDeliveries }> {
  const result = await raise(some, { pushPlatforms: [], hasRoom: () => true });
  expect(result.dueNotificationIds).toEqual([]);
  const [leased, ...more] = result.leased;
  expect(more).toEqual([]);
  if (!leased) throw new Error("Nothing was leased");
  const [id = ""] = [...leased.deliveries.map((delivery) => delivery.id), ...leased.overIds];
  return { id, leased };
}

/** A provider that answers as told and remembers what it was asked. */
function provider(answer: (request: DeliveryRequest, call: number) => DeliveryOutcome, maximumTargets = 3) {
  const requests: DeliveryRequest[] = [];
  const channel: Channel = {
    name: "pusher",
    maximumTargets,
    deliver: (some, mayCall = () => true) =>
      Promise.resolve(
        some.map((request) => {
          if (!request.targets.some(mayCall)) return request.targets.map(() => calledBack);
          requests.push(request);
          const outcome = answer(request, requests.length);
          return request.targets.map(() => outcome);
        }),
      ),
  };
  return { channel, requests };
}

const calledBack: DeliveryOutcome = { status: "not_called", errorCode: "called_back", retryAfterMs: 250 };
const accepted: DeliveryOutcome = { status: "accepted", providerId: "p1" };
const refused: DeliveryOutcome = { status: "permanent", errorCode: "http_400", message: "Bad request" };
const failed: DeliveryOutcome = {
  status: "transient",
  errorCode: "http_500",
  message: "Oops",
  retryAfterMs: null,
};

const deliver = (channel: Channel, ...notificationIds: string[]) =>
  deliverNotifications(test.deliveryOf(channel), { notificationIds });
const rowOf = (id: string) => test.services.db.notification.findUniqueOrThrow({ where: { id } });
const makeDue = (id: string) =>
  test.services.pool.query("UPDATE notification SET deliveryDueAt = UTC_TIMESTAMP(3) WHERE id = ?", [id]);

it("reaches everyone once, as many a request as the provider allows, and says so", async () => {
  const id = await alert();
  const { channel, requests } = provider(() => accepted);
  expect(await deliver(channel, id)).toEqual([]);
  expect(requests.map(({ targets }) => targets.length)).toEqual([3, 3, 1]);
  expect(new Set(requests.flatMap(({ targets }) => targets.map((target) => target.id)))).toEqual(
    new Set(users),
  );
  expect(await rowOf(id)).toMatchObject({
    delivered: true,
    pusherEventSent: true,
    deliveredAt: expect.any(Date),
    deliveryDueAt: null,
  });
  expect(await deliver(channel, id)).toEqual([]);
  expect(requests).toHaveLength(3);
});

it("two workers woken for the same notification deliver it once", async () => {
  const id = await alert();
  const { channel, requests } = provider(() => accepted, 100);
  await Promise.all([deliver(channel, id), deliver(channel, id), deliver(channel, id)]);
  expect(requests).toHaveLength(1);
});

it("delivers what somebody else, who acknowledges another's copy, say, holds for a moment", async () => {
  const id = await alert();
  const { channel, requests } = provider(() => accepted, 100);
  const delivering = await test.services.pool.transaction("READ COMMITTED", async (connection) => {
    await connection.query("SELECT id FROM notification WHERE id = ? FOR UPDATE", [id]);
    const delivered = deliver(channel, id);
    await eventually(async () => expect(await countLockWaits(test.services.pool)).toBe(1));
    return { delivered };
  });
  await delivering.delivered;
  expect(requests).toHaveLength(1);
});

it("tries again later, under the same delivery id, only those that were not reached", async () => {
  const id = await alert();
  const { channel, requests } = provider((_request, call) => (call === 2 ? failed : accepted));
  expect(await deliver(channel, id)).toMatchObject([{ notificationId: id }]);
  expect(await rowOf(id)).toMatchObject({ delivered: false, pusherEventSent: true });
  await makeDue(id);
  expect(await deliver(channel, id)).toEqual([]);
  expect(requests[3]).toEqual(requests[1]);
  expect(requests).toHaveLength(4);
  expect(await rowOf(id)).toMatchObject({ delivered: true, deliveryAttempts: 2 });
});

it("does not repeat what the provider will never take, and does not call it delivered", async () => {
  const id = await alert();
  const { channel } = provider((_request, call) => (call === 1 ? refused : accepted));
  expect(await deliver(channel, id)).toEqual([]);
  expect(await rowOf(id)).toMatchObject({ delivered: false, deliveryDueAt: null });
  const failures = await test.services.db.notificationRecipient.count({
    where: { notificationId: id, delivery: "failed", errorCode: "http_400" },
  });
  expect(failures).toBe(3);
});

it("gives up after its last try and leaves the notification in every inbox", async () => {
  const id = await alert();
  const { channel } = provider(() => failed, 100);
  for (let attempt = 1; attempt < maximumDeliveryAttempts; attempt += 1) {
    expect(await deliver(channel, id)).toMatchObject([{ notificationId: id }]);
    await makeDue(id);
  }
  expect(await deliver(channel, id)).toEqual([]);
  expect(await rowOf(id)).toMatchObject({ delivered: false, deliveryDueAt: null });
  const copies = await test.services.db.notificationRecipient.count({
    where: { notificationId: id, deletedAt: null },
  });
  expect(copies).toBe(users.length);
  const attempts = await test.services.db.deliveryAttempt.count({
    where: { notificationId: id, status: "failed" },
  });
  expect(attempts).toBe(maximumDeliveryAttempts);
});

it("delivers many notifications together, each to its own people, and one that fails holds up no other", async () => {
  const ids = [await alert(), await alert(), await alert()];
  const { channel, requests } = provider(
    ({ message }) =>
      message.type === "alert" && message.notification.notificationId === ids[1] ? failed : accepted,
    100,
  );
  expect(await deliver(channel, ...ids)).toMatchObject([{ notificationId: ids[1] }]);
  expect(requests).toHaveLength(3);
  const rows = await Promise.all(ids.map(rowOf));
  expect(rows.map(({ delivered }) => delivered)).toEqual([true, false, true]);
});

it("writes one audit line for each notification that is finished", async () => {
  const ids = [await alert(), await alert()];
  await deliver(provider(() => accepted).channel, ...ids);
  const lines = await test.services.db.auditLog.findMany({ where: { resourceId: { in: ids } } });
  expect(lines.map(({ action, actorType }) => [action, actorType])).toEqual([
    ["notification.delivered", "system"],
    ["notification.delivered", "system"],
  ]);
});

it("interrupts nobody for what was acknowledged or has expired meanwhile", async () => {
  const { channel, requests } = provider(() => accepted);
  const acknowledged = await alert();
  await acknowledgeNotification(test.contextOf(actorOf(users[0] ?? "")), { id: acknowledged });
  const expired = await alert({ expiresAt: justNow() });
  await Promise.all([deliver(channel, acknowledged), deliver(channel, expired)]);
  expect(requests).toEqual([]);
  expect(await rowOf(expired)).toMatchObject({ deliveryDueAt: null });
});

it("a delivery whose worker died is found again when its lease is over", async () => {
  const id = await alert();
  expect(await findDueDeliveries(test.services.pool)).not.toContain(id);
  await test.services.pool.query(
    "UPDATE notification SET deliveryDueAt = UTC_TIMESTAMP(3) - INTERVAL 10 SECOND WHERE id = ?",
    [id],
  );
  expect(await findDueDeliveries(test.services.pool)).toContain(id);
});

it("a worker delivers what it raises without being woken, and nobody else does meanwhile", async () => {
  const { id, leased } = await ownAlert();
  const { channel, requests } = provider(() => accepted, 100);
  await deliver(channel, id);
  expect(requests).toEqual([]);
  expect(await deliverLeased(test.deliveryOf(channel), leased)).toEqual([]);
  expect(requests.flatMap(({ targets }) => targets.map((target) => target.id)).toSorted()).toEqual(
    users.toSorted(),
  );
  expect(await rowOf(id)).toMatchObject({ delivered: true, deliveryAttempts: 1, deliveryDueAt: null });
});

it("delivers what it raises as it would if it were woken", async () => {
  const woken = provider(() => accepted, 100);
  await deliver(woken.channel, await alert());
  const own = provider(() => accepted, 100);
  await deliverLeased(test.deliveryOf(own.channel), (await ownAlert()).leased);
  const withoutIds = ({ requests }: typeof own) =>
    JSON.parse(
      JSON.stringify(requests)
        .replaceAll(/[0-9a-f-]{36}/g, "some id")
        .replaceAll(/"createdAt":"[^"]+"/g, '"createdAt":"then"'),
    ) as unknown;
  expect(withoutIds(own)).toEqual(withoutIds(woken));
});

it("what a worker raised and did not deliver any more is delivered by another one when its lease is over", async () => {
  const { id } = await ownAlert();
  const { channel, requests } = provider(() => accepted, 100);
  await makeDue(id);
  await deliver(channel, id);
  expect(requests).toHaveLength(1);
  expect(await rowOf(id)).toMatchObject({ delivered: true, deliveryAttempts: 2 });
});

/** As a worker has it that was frozen for half of its lease. */
const halfOver = (leased: LeasedDeliveries): LeasedDeliveries => ({
  ...leased,
  lease: { ...leased.lease, madeAt: leased.lease.madeAt - leased.lease.forMs / 2 },
});

it("a worker that wakes up when its lease is over leaves the delivery to who took it over", async () => {
  const { id, leased } = await ownAlert();
  const { channel, requests } = provider(() => accepted, 100);
  await makeDue(id);
  await deliver(channel, id);
  expect(await deliverLeased(test.deliveryOf(channel), halfOver(leased))).toEqual([]);
  expect(requests).toHaveLength(1);
  expect(await rowOf(id)).toMatchObject({ delivered: true, deliveryDueAt: null });
  expect(await test.services.db.auditLog.count({ where: { resourceId: id } })).toBe(1);
});

it("begins no call that might outlast its lease", async () => {
  const { id, leased } = await ownAlert();
  const { channel, requests } = provider(() => accepted, 100);
  const again = await deliverLeased(test.deliveryOf(channel), halfOver(leased));
  expect(requests).toEqual([]);
  expect(again).toEqual([{ notificationId: id, delay: expect.any(Number) }]);
});

it("interrupts nobody for what had expired when it was raised", async () => {
  const { id, leased } = await ownAlert({ expiresAt: justNow() });
  const { channel, requests } = provider(() => accepted);
  await deliverLeased(test.deliveryOf(channel), leased);
  expect(requests).toEqual([]);
  expect(leased.overIds).toEqual([id]);
  expect(await rowOf(id)).toMatchObject({ deliveryDueAt: null, delivered: false });
});
