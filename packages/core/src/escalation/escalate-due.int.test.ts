import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Channel, DeliveryRequest } from "../delivery/channel.ts";
import { deliverNotifications } from "../delivery/deliver-notifications.ts";
import { withdrawNotifications } from "../delivery/withdraw-notifications.ts";
import { insertEvents } from "../events/insert-events.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { acknowledgeNotification } from "../notifications/acknowledge-notification.ts";
import { countUnread } from "../notifications/count-unread.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { escalateDue } from "./escalate-due.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let operators: string[];
let boss: string;

beforeAll(async () => {
  test = await createTestServices();
  const [operator, manager] = [
    await givenRole(test.services.db, "Operator"),
    await givenRole(test.services.db, "Manager"),
  ];
  operators = [
    await givenUser(test.services.db, [operator]),
    await givenUser(test.services.db, [operator, manager]),
  ];
  boss = await givenUser(test.services.db, [manager]);
});

afterAll(() => test.close());

function screens() {
  const requests: DeliveryRequest[] = [];
  const channel: Channel = {
    name: "pusher",
    maximumTargets: 100,
    deliver: (some) => {
      requests.push(...some);
      return Promise.resolve(
        some.map(({ targets }) => targets.map(() => ({ status: "accepted", providerId: null }))),
      );
    },
  };
  return { channel, requests };
}

const as = (userId: string) => test.contextOf(actorOf(userId));
const escalate = (repeatLimit = 5) => escalateDue({ ...test.services, ...test.pipeline, repeatLimit });
const rowOf = (id: string) => test.services.db.notification.findUniqueOrThrow({ where: { id } });
const makeDue = (id: string) =>
  test.services.pool.query(
    "UPDATE notification SET nextEscalationAt = UTC_TIMESTAMP(3) WHERE id = ? AND nextEscalationAt IS NOT NULL",
    [id],
  );

async function alert(some: object = {}): Promise<string> {
  const type = `escalation.${newId()}`;
  await givenRule(as(boss), {
    condition: `event.type == "${type}"`,
    targetRoles: ["Operator"],
    escalateToRoles: ["Manager"],
    ackTimeoutSeconds: 60,
    ...some,
  });
  const event = prepareEvent({ type, source: "test", payload: {}, action: "trigger" }, null);
  await insertEvents(test.services.pool, [event]);
  const batch = await processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId: event.id }]);
  return batch.dueNotificationIds[0] ?? "";
}

const deliver = (channel: Channel, id: string) =>
  deliverNotifications(test.deliveryOf(channel), { notificationIds: [id] });
const peopleOf = ({ targets }: DeliveryRequest) => targets.map(({ id }) => id).toSorted();

it("an alert that nobody acknowledges in time comes again, and to the roles that it escalates to", async () => {
  const id = await alert();
  const { channel, requests } = screens();
  await deliver(channel, id);
  expect(await escalate()).not.toContain(id);
  await makeDue(id);
  const { count } = await countUnread(as(boss));
  expect(await escalate()).toContain(id);
  expect(await countUnread(as(boss))).toEqual({ count: count + 1 });
  await deliver(channel, id);
  expect(requests.map(peopleOf)).toEqual([operators.toSorted(), [...operators, boss].toSorted()]);
  const ids = requests.map(({ targets }) => targets[0]?.deliveryId);
  expect(new Set(ids).size).toBe(2);
  expect(await rowOf(id)).toMatchObject({ escalationLevel: 1, recipientCount: 3, deliveryDueAt: null });
});

it("two workers that look at the same time escalate it once", async () => {
  const id = await alert();
  await makeDue(id);
  const found = await Promise.all([escalate(), escalate(), escalate()]);
  expect(found.flat().filter((one) => one === id)).toHaveLength(1);
  expect(await rowOf(id)).toMatchObject({ escalationLevel: 1 });
});

it("whoever acknowledged, it neither escalates nor is repeated, and screens take it away", async () => {
  const id = await alert();
  const { channel, requests } = screens();
  await deliver(channel, id);
  await acknowledgeNotification(as(operators[0] ?? ""), { id });
  await makeDue(id);
  expect(await escalate()).not.toContain(id);
  await withdrawNotifications({ ...test.services, channel }, { notificationIds: [id] });
  await withdrawNotifications({ ...test.services, channel }, { notificationIds: [id] });
  expect(requests.map(({ message }) => message.type)).toEqual(["alert", "withdrawal"]);
  expect(requests.map(peopleOf)).toEqual([operators.toSorted(), operators.toSorted()]);
});

it("an alert that is repeated often enough is repeated no more, and the audit log tells", async () => {
  const id = await alert();
  for (let round = 0; round < 3; round += 1) {
    await makeDue(id);
    await escalate(2);
  }
  expect(await rowOf(id)).toMatchObject({ escalationLevel: 2, nextEscalationAt: null });
  const lines = await test.services.db.auditLog.findMany({
    where: { resourceId: id },
    orderBy: { id: "asc" },
  });
  expect(lines.map(({ action }) => action)).toEqual([
    "notification.escalated",
    "notification.escalated",
    "notification.escalation_ended",
  ]);
});

it("a rule without a time limit waits for ever", async () => {
  expect(await rowOf(await alert({ ackTimeoutSeconds: null }))).toMatchObject({ nextEscalationAt: null });
});

it("an alert whose roles nobody holds goes at once to those whom its rule escalates to", async () => {
  await givenRole(test.services.db, "Nobody");
  const id = await alert({ targetRoles: ["Nobody"] });
  const copies = await test.services.db.notificationRecipient.findMany({ where: { notificationId: id } });
  expect(copies.map(({ userId }) => userId).toSorted()).toEqual([operators[1] ?? "", boss].toSorted());
});
