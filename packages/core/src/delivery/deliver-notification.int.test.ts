import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "@tocsin/db/ids";
import { prepareEvent } from "../events/prepare-event.ts";
import { insertEvents } from "../events/insert-events.ts";
import { acknowledgeNotification } from "../notifications/acknowledge-notification.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import type { Channel, DeliveryOutcome, DeliveryRequest } from "./channel.ts";
import { deliverNotification } from "./deliver-notification.ts";
import { findDueDeliveries } from "./find-due-deliveries.ts";
import { maximumDeliveryAttempts } from "./next-delivery.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let users: string[];

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  users = await Promise.all(Array.from({ length: 7 }, () => givenUser(test.services.db, [role])));
});

afterAll(() => test.close());

/** Raises an alert to all users and gives the notification's id. */
async function alert(some: { expiresAt?: string } = {}): Promise<string> {
  const type = `delivery.${newId()}`;
  const author = test.contextOf(actorOf(users[0] ?? ""));
  await givenRule(author, { condition: `event.type == "${type}"`, targetRoles: ["Operator"] });
  const event = prepareEvent({ type, source: "test", payload: {}, action: "trigger", ...some }, null);
  await insertEvents(test.services.pool, [event]);
  const result = await processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId: event.id }]);
  return result.dueNotificationIds[0] ?? "";
}

/** A provider that answers as told and remembers what it was asked. */
function provider(
  answer: (request: DeliveryRequest, call: number) => DeliveryOutcome,
  maximumRecipients = 3,
) {
  const requests: DeliveryRequest[] = [];
  const channel: Channel = {
    name: "pusher",
    maximumRecipients,
    deliver: (request) => {
      requests.push(request);
      return Promise.resolve(answer(request, requests.length));
    },
  };
  return { channel, requests };
}

const accepted: DeliveryOutcome = { status: "accepted", providerId: "p1" };
const refused: DeliveryOutcome = { status: "permanent", errorCode: "http_400", message: "Bad request" };
const failed: DeliveryOutcome = {
  status: "transient",
  errorCode: "http_500",
  message: "Oops",
  retryAfterMs: null,
};

const deliver = (channel: Channel, notificationId: string) =>
  deliverNotification({ ...test.services, channel }, { notificationId });
const rowOf = (id: string) => test.services.db.notification.findUniqueOrThrow({ where: { id } });
const makeDue = (id: string) =>
  test.services.pool.query("UPDATE notification SET deliveryDueAt = UTC_TIMESTAMP(3) WHERE id = ?", [id]);

it("reaches everyone once, as many a call as the provider allows, and says so", async () => {
  const id = await alert();
  const { channel, requests } = provider(() => accepted);
  expect(await deliver(channel, id)).toEqual({ done: true });
  expect(requests.map(({ userIds }) => userIds.length)).toEqual([3, 3, 1]);
  expect(new Set(requests.flatMap(({ userIds }) => userIds))).toEqual(new Set(users));
  expect(await rowOf(id)).toMatchObject({
    delivered: true,
    pusherEventSent: true,
    deliveredAt: expect.any(Date),
    deliveryDueAt: null,
  });
  expect(await deliver(channel, id)).toEqual({ done: true });
  expect(requests).toHaveLength(3);
});

it("two workers woken for the same notification deliver it once", async () => {
  const id = await alert();
  const { channel, requests } = provider(() => accepted, 100);
  await Promise.all([deliver(channel, id), deliver(channel, id), deliver(channel, id)]);
  expect(requests).toHaveLength(1);
});

it("tries again later, under the same delivery id, only those that were not reached", async () => {
  const id = await alert();
  const { channel, requests } = provider((_request, call) => (call === 2 ? failed : accepted));
  expect(await deliver(channel, id)).toMatchObject({ done: false });
  expect(await rowOf(id)).toMatchObject({ delivered: false, pusherEventSent: true });
  await makeDue(id);
  expect(await deliver(channel, id)).toEqual({ done: true });
  expect(requests[3]).toEqual(requests[1]);
  expect(requests).toHaveLength(4);
  expect(await rowOf(id)).toMatchObject({ delivered: true, deliveryAttempts: 2 });
});

it("does not repeat what the provider will never take, and does not call it delivered", async () => {
  const id = await alert();
  const { channel } = provider((_request, call) => (call === 1 ? refused : accepted));
  expect(await deliver(channel, id)).toEqual({ done: true });
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
    expect(await deliver(channel, id)).toMatchObject({ done: false });
    await makeDue(id);
  }
  expect(await deliver(channel, id)).toEqual({ done: true });
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

it("interrupts nobody for what was acknowledged or has expired meanwhile", async () => {
  const { channel, requests } = provider(() => accepted);
  const acknowledged = await alert();
  await acknowledgeNotification(test.contextOf(actorOf(users[0] ?? "")), { id: acknowledged });
  const expired = await alert({ expiresAt: "2020-01-01T00:00:00Z" });
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
