import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, expect, it } from "vitest";
import { escalateDue } from "../escalation/escalate-due.ts";
import { acknowledgeNotification } from "../notifications/acknowledge-notification.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { givenAlert } from "../testing/given-alert.ts";
import { createTestServices } from "../testing/test-services.ts";
import type { Channel, DeliveryOutcome, DeliveryRequest } from "./channel.ts";
import { deliverNotifications } from "./deliver-notifications.ts";
import { withdrawNotifications } from "./withdraw-notifications.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let people: string[];
const role = newId();

beforeAll(async () => {
  test = await createTestServices();
  const roleId = await givenRole(test.services.db, role);
  people = (
    await Promise.all(Array.from({ length: 3 }, () => givenUser(test.services.db, [roleId])))
  ).toSorted();
});

afterAll(() => test.close());

const accepted: DeliveryOutcome = { status: "accepted", providerId: null };
const unanswered: DeliveryOutcome = {
  ...{ status: "transient", errorCode: "timeout", message: "", retryAfterMs: null },
};
const paused: DeliveryOutcome = { status: "not_called", errorCode: "paused", retryAfterMs: 1_000 };

/** Screens that show what they are told; `meanwhile` happens after they took it and before that is known. */
function screens(meanwhile: () => Promise<unknown> = async () => {}, outcome = accepted) {
  const shown: DeliveryRequest[] = [];
  const channel: Channel = {
    name: "pusher",
    maximumTargets: 100,
    deliver: async (some) => {
      if (outcome !== paused) shown.push(...some);
      await meanwhile();
      return some.map(({ targets }) => targets.map(() => outcome));
    },
  };
  return { channel, shown };
}

const as = (userId = people[0] ?? "") => test.contextOf(actorOf(userId));

/** An alert to all of them that nobody has been told of yet. */
async function alert(): Promise<string> {
  const { id: ruleId } = await givenRule(as(), {
    condition: `event.type == "withdraw.${newId()}"`,
    targetRoles: [role],
  });
  return givenAlert(
    test.services.pool,
    people.map((userId) => as(userId)),
    { ruleId, ackTimeoutSeconds: 60 },
  );
}

const deliver = ({ channel }: ReturnType<typeof screens>, id: string) =>
  deliverNotifications(test.deliveryOf(channel), { notificationIds: [id] });
const withdraw = ({ channel }: ReturnType<typeof screens>, id: string) =>
  withdrawNotifications({ ...test.services, channel }, { notificationIds: [id] });
const acknowledge = (id: string) => acknowledgeNotification(as(), { id });
const rowOf = (id: string) => test.services.db.notification.findUniqueOrThrow({ where: { id } });
const toldOf = ({ shown }: ReturnType<typeof screens>) =>
  shown.map(({ message, targets }) => [message.type, targets.map(({ id }) => id).toSorted()]);

it("an alert that was acknowledged while screens were called is taken away after they showed it", async () => {
  const id = await alert();
  const before = screens();
  const during = screens(async () => {
    await acknowledge(id);
    // The withdrawal that the acknowledgement asks for may be made before Pusher has passed the alert on.
    await withdraw(before, id);
  });
  await deliver(during, id);
  expect(await rowOf(id)).toMatchObject({ withdrawDueAt: expect.any(Date) });
  const after = screens();
  await withdraw(after, id);
  expect(toldOf(after)).toEqual([["withdrawal", people]]);
  expect(await rowOf(id)).toMatchObject({ withdrawDueAt: null, deliveryDueAt: null });
});

it("an alert that Pusher may have passed on, although it did not answer, is taken away", async () => {
  const id = await alert();
  await deliver(
    screens(() => acknowledge(id), unanswered),
    id,
  );
  const after = screens();
  await withdraw(after, id);
  expect(toldOf(after)).toEqual([["withdrawal", people]]);
});

it("an alert that was acknowledged between its repetition and the next delivery is taken away from who had it", async () => {
  const id = await alert();
  await deliver(screens(), id);
  await test.services.pool.query("UPDATE notification SET nextEscalationAt = UTC_TIMESTAMP(3) WHERE id = ?", [
    id,
  ]);
  await escalateDue({ ...test.services, ...test.pipeline, repeatLimit: 5 });
  expect(await rowOf(id)).toMatchObject({ escalationLevel: 1 });
  await acknowledge(id);
  const after = screens();
  await withdraw(after, id);
  expect(toldOf(after)).toEqual([["withdrawal", people]]);
});

it("a withdrawal that was under way while the alert was shown once more is made once more", async () => {
  const id = await alert();
  await deliver(screens(), id);
  await acknowledge(id);
  const underWay = screens(() =>
    test.services.pool.query(
      "UPDATE notification SET withdrawDueAt = UTC_TIMESTAMP(3), withdrawAttempts = 0, withdrawLease = NULL WHERE id = ?",
      [id],
    ),
  );
  await withdraw(underWay, id);
  const after = screens();
  await withdraw(after, id);
  expect([toldOf(underWay), toldOf(after)]).toEqual([[["withdrawal", people]], [["withdrawal", people]]]);
});

it("an alert that was acknowledged before anybody was told is taken away from nobody", async () => {
  const id = await alert();
  await acknowledge(id);
  const after = screens();
  await withdraw(after, id);
  expect(toldOf(after)).toEqual([]);
  expect(await rowOf(id)).toMatchObject({ withdrawDueAt: null });
});

it("a withdrawal waits as long as Pusher is left alone, which is no try", async () => {
  const id = await alert();
  await deliver(screens(), id);
  await acknowledge(id);
  for (let time = 0; time < 12; time += 1) {
    expect(await withdraw(screens(undefined, paused), id)).toMatchObject([{ delay: 1_000 }]);
    await test.services.pool.query("UPDATE notification SET withdrawDueAt = UTC_TIMESTAMP(3) WHERE id = ?", [
      id,
    ]);
  }
  expect(await rowOf(id)).toMatchObject({ withdrawAttempts: 0 });
  const after = screens();
  await withdraw(after, id);
  expect(toldOf(after)).toEqual([["withdrawal", people]]);
});
