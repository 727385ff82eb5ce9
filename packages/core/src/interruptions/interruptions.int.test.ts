import { type Weekly, weekdays } from "@tocsin/contracts/api/silences";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Context, currentUserId } from "../context.ts";
import type { Channel, DeliveryRequest } from "../delivery/channel.ts";
import { deliverNotifications } from "../delivery/deliver-notifications.ts";
import { updatePreferences } from "../preferences/update-preferences.ts";
import { sendSummaries } from "../summaries/send-summaries.ts";
import { givenPerson, givenRuleOfAlerts } from "../testing/fixtures.ts";
import { givenAlert } from "../testing/given-alert.ts";
import { createTestServices } from "../testing/test-services.ts";
import { readNotification } from "../notifications/read-notification.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ruleId: string;

beforeAll(async () => {
  test = await createTestServices();
  ruleId = await givenRuleOfAlerts(test);
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
  const heard = () => requests.map(({ message }) => (message.type === "alert" ? !message.isQuiet : message));
  return { channel, heard };
}

const alert = (ctx: Context, priority = 3) => givenAlert(test.services.pool, [ctx], { ruleId, priority });
const deliver = (channel: Channel, ids: readonly string[], perUser = 1000) =>
  deliverNotifications(test.deliveryOf(channel, { interruptionLimits: { perUser, overall: 100_000 } }), {
    notificationIds: ids,
  });
const reasonsOf = async (ids: readonly string[]) => {
  const copies = await test.services.db.notificationRecipient.findMany({
    where: { notificationId: { in: [...ids] } },
    orderBy: { notificationId: "asc" },
  });
  return copies.map(({ heldReason }) => heldReason);
};
const summarise = (channel: Channel) => sendSummaries({ ...test.services, channel, pushChannels: {} });
/** The person's summary is due, and no other's. */
const makeSummaryDueOf = (ctx: Context) =>
  test.services.pool.query(
    `UPDATE user_inbox SET summaryDueAt = UTC_TIMESTAMP(3) + INTERVAL IF(userId = ?, 0, 3600) SECOND
      WHERE summaryDueAt IS NOT NULL`,
    [currentUserId(ctx)],
  );
const always: Weekly = { days: [...weekdays], start: "00:00", end: "00:00", timeZone: "UTC" };

it("who is in quiet hours is told without a sound, except of what is critical", async () => {
  const ada = await givenPerson(test);
  await updatePreferences(ada, { quietHours: always });
  const ids = [await alert(ada, 2), await alert(ada, 1)];
  const { channel, heard } = screens();
  await deliver(channel, ids);
  expect(heard()).toEqual([false, true]);
  expect(await reasonsOf(ids)).toEqual(["quiet_hours", null]);
});

it("mutes a rule, and what weighs too little, for that person alone", async () => {
  const [ada, ben] = [await givenPerson(test), await givenPerson(test)];
  await updatePreferences(ada, { mutedRules: [ruleId] });
  await updatePreferences(ben, { minimumPriority: 2 });
  const ids = [await alert(ada), await alert(ben)];
  const { channel } = screens();
  await deliver(channel, ids);
  expect(await reasonsOf(ids)).toEqual(["muted_rule", "below_priority"]);
});

it("after too many interruptions tells without a sound, and sums up", async () => {
  const ada = await givenPerson(test);
  const ids = [await alert(ada), await alert(ada), await alert(ada), await alert(ada), await alert(ada, 1)];
  const { channel, heard } = screens();
  await deliver(channel, ids, 2);
  expect(await reasonsOf(ids)).toEqual([null, null, "rate_limited", "rate_limited", null]);
  expect(heard().filter((isHeard) => isHeard === true)).toHaveLength(3);
  await makeSummaryDueOf(ada);
  const later = screens();
  expect(await summarise(later.channel)).toBe(1);
  expect(later.heard()).toMatchObject([{ type: "summary", count: 2 }]);
  expect(await summarise(later.channel)).toBe(0);
});

it("a delivery that is tried again is not counted again", async () => {
  const ada = await givenPerson(test);
  const id = await alert(ada);
  const busy: Channel = {
    name: "pusher",
    maximumTargets: 100,
    deliver: (some) =>
      Promise.resolve(
        some.map(({ targets }) =>
          targets.map(() => ({ status: "transient", errorCode: "e", message: "", retryAfterMs: null })),
        ),
      ),
  };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await deliver(busy, [id], 1);
    await test.services.pool.query("UPDATE notification SET deliveryDueAt = UTC_TIMESTAMP(3) WHERE id = ?", [
      id,
    ]);
  }
  expect(await reasonsOf([id])).toEqual([null]);
});

it("two workers at once allow no more than one would", async () => {
  const ada = await givenPerson(test);
  const ids = await Promise.all(Array.from({ length: 12 }, () => alert(ada)));
  const { channel, heard } = screens();
  await Promise.all([0, 1, 2, 3].map((part) => deliver(channel, ids.slice(part * 3, part * 3 + 3), 5)));
  expect(heard().filter((isHeard) => isHeard === true)).toHaveLength(5);
});

it("who has read everything meanwhile gets no summary", async () => {
  const ada = await givenPerson(test);
  const ids = [await alert(ada), await alert(ada)];
  const { channel } = screens();
  await deliver(channel, ids, 1);
  for (const id of ids) await readNotification(ada, { id });
  await makeSummaryDueOf(ada);
  const later = screens();
  await summarise(later.channel);
  expect(later.heard()).toEqual([]);
});

it("a summary that falls into quiet hours waits for their end", async () => {
  const ada = await givenPerson(test);
  await deliver(screens().channel, [await alert(ada), await alert(ada)], 1);
  await updatePreferences(ada, { quietHours: always });
  await makeSummaryDueOf(ada);
  const later = screens();
  await summarise(later.channel);
  expect(later.heard()).toEqual([]);
  const [inbox] = await test.services.pool.query<{ isLater: number }[]>(
    "SELECT summaryDueAt > UTC_TIMESTAMP(3) AS isLater FROM user_inbox WHERE userId = ?",
    [currentUserId(ada)],
  );
  expect(inbox?.isLater).toBe(1);
});
