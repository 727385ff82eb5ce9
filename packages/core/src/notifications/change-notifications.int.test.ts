import { withPoolTransaction } from "@tocsin/db/pool";
import { maximumChanges } from "@tocsin/contracts/api/notifications";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Context, currentUserId } from "../context.ts";
import { writeNotifications } from "../pipeline/write-notifications.ts";
import { writeRecipients } from "../pipeline/write-recipients.ts";
import { givenPerson, givenRuleOfAlerts } from "../testing/fixtures.ts";
import { alertOfTest, givenAlert } from "../testing/given-alert.ts";
import { createTestServices } from "../testing/test-services.ts";
import { acknowledgeNotification } from "./acknowledge-notification.ts";
import { changeNotifications } from "./change-notifications.ts";
import { countUnread } from "./count-unread.ts";
import { deleteNotification } from "./delete-notification.ts";
import { getNotification } from "./get-notification.ts";
import { syncNotifications } from "./sync-notifications.ts";
import { findDueTellings, tellRecipients } from "./tell-recipients.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ruleId: string;

beforeAll(async () => {
  test = await createTestServices();
  ruleId = await givenRuleOfAlerts(test);
});

afterAll(() => test.close());

const alert = (people: readonly Context[], some: object = {}) =>
  givenAlert(test.services.pool, people, { ruleId, ...some });

const alerts = async (count: number, ...people: readonly Context[]) => {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await alert(people));
  return ids;
};

const tellAll = async () => tellRecipients(test.services.pool, await findDueTellings(test.services.pool));

describe("changing many notifications at once", () => {
  it("says of each what came of it, and gives each change its own number", async () => {
    const [ada, eve] = [await givenPerson(test), await givenPerson(test)];
    const [fresh, done, gone] = await alerts(3, ada);
    const [theirs] = await alerts(1, eve);
    await acknowledgeNotification(ada, { id: done ?? "" });
    await deleteNotification(ada, { id: gone ?? "" });
    const ids = [theirs ?? "", gone ?? "", done ?? "", fresh ?? "", fresh ?? "", newId()];
    const { items, more } = await changeNotifications(ada, { ids }, "acknowledge");
    expect(more).toBe(false);
    expect(items.map(({ outcome }) => outcome)).toEqual([
      ...["not_found", "not_found", "unchanged", "changed", "not_found"],
    ]);
    expect(items.map(({ seq }) => seq)).toEqual([null, null, 4, 6, null]);
    expect(await countUnread(ada)).toEqual({ count: 0 });
    expect(await countUnread(eve)).toEqual({ count: 1 });
  });

  it("audits every acknowledgement once and ends each alert as its policy says", async () => {
    const [ada, ben] = [await givenPerson(test), await givenPerson(test)];
    const any = await alert([ada, ben]);
    const all = await alert([ada, ben], { ackPolicy: "all" });
    const audited = () =>
      test.services.db.auditLog.count({
        where: { action: "notification.acknowledged", resourceId: { in: [any, all] } },
      });
    await changeNotifications(ada, { ids: [all, any] }, "acknowledge");
    await changeNotifications(ada, { ids: [all, any] }, "acknowledge");
    expect(await audited()).toBe(2);
    expect((await getNotification(ben, { id: any })).alertAcknowledgedAt).toEqual(expect.any(String));
    expect((await getNotification(ben, { id: all })).alertAcknowledgedAt).toBeNull();
    await changeNotifications(ben, { all: true }, "acknowledge");
    expect((await getNotification(ada, { id: all })).alertAcknowledgedAt).toEqual(expect.any(String));
    expect(await audited()).toBe(4);
  });

  it("marks what the caller can have seen, and nothing that came after", async () => {
    const ada = await givenPerson(test);
    await alerts(3, ada);
    const { next } = await syncNotifications(ada, { after: 0, limit: 100 });
    await alerts(2, ada);
    const { items } = await changeNotifications(ada, { upTo: next }, "read");
    expect(items).toHaveLength(3);
    expect(await countUnread(ada)).toEqual({ count: 2 });
    expect((await changeNotifications(ada, { upTo: next }, "read")).items).toEqual([]);
    expect((await changeNotifications(ada, { all: true }, "archive")).items).toHaveLength(5);
    expect(await countUnread(ada)).toEqual({ count: 0 });
  });

  it("changes a bounded number a call and says that there is more", async () => {
    const ada = await givenPerson(test);
    const many = Array.from({ length: maximumChanges + 1 }, () =>
      alertOfTest([currentUserId(ada)], { ruleId }),
    );
    await withPoolTransaction(test.services.pool, async (connection) => {
      await writeNotifications(connection, many);
      await writeRecipients(connection, many);
    });
    const first = await changeNotifications(ada, { all: true }, "read");
    expect([first.items.length, first.more]).toEqual([maximumChanges, true]);
    expect(await countUnread(ada)).toEqual({ count: 1 });
    const second = await changeNotifications(ada, { all: true }, "read");
    expect([second.items.length, second.more]).toEqual([1, false]);
    const numbers = [...first.items, ...second.items].map(({ seq }) => seq);
    expect(new Set(numbers).size).toBe(maximumChanges + 1);
    expect(Math.min(...numbers.map(Number))).toBe(maximumChanges + 2);
  });

  it("keeps every change where two devices and a colleague do the same at once", async () => {
    const [ada, ben] = [await givenPerson(test), await givenPerson(test)];
    const ids = await alerts(20, ada, ben);
    await Promise.all([
      changeNotifications(ada, { ids }, "acknowledge"),
      changeNotifications(ada, { ids: ids.toReversed() }, "acknowledge"),
      changeNotifications(ben, { ids: ids.toReversed() }, "acknowledge"),
      changeNotifications(ada, { ids }, "read"),
      ...ids.slice(0, 5).map((id) => deleteNotification(ben, { id })),
    ]);
    expect(await countUnread(ada)).toEqual({ count: 0 });
    const view = await getNotification(ada, { id: ids[19] ?? "" });
    expect(view.acknowledgedBy).toEqual([currentUserId(ada), currentUserId(ben)].toSorted());
    expect(
      await test.services.db.auditLog.count({
        where: { action: "notification.acknowledged", userId: currentUserId(ada) },
      }),
    ).toBe(20);
  });

  it.each([
    ["", {}],
    ["/upTo", { ids: [newId()], upTo: 1 }],
    ["/all", { upTo: 1, all: true as const }],
  ])("wants one of ids, upTo and all: pointer %j", async (pointer, input) => {
    await expect(changeNotifications(await givenPerson(test), input, "read")).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      errors: [{ pointer }],
    });
  });
});

describe("who only syncs", () => {
  it("learns who acknowledged, and when it counted for all", async () => {
    const [ada, ben] = [await givenPerson(test), await givenPerson(test)];
    const any = await alert([ada, ben]);
    const all = await alert([ada, ben], { ackPolicy: "all" });
    const { next } = await syncNotifications(ben, { after: 0, limit: 100 });
    await acknowledgeNotification(ada, { id: any });
    await acknowledgeNotification(ada, { id: all });
    await tellAll();
    const { changes } = await syncNotifications(ben, { after: next, limit: 100 });
    expect(changes.map(({ id }) => id).toSorted()).toEqual([any, all].toSorted());
    for (const { id, notification } of changes) {
      expect(notification).toMatchObject({
        acknowledgedBy: [currentUserId(ada)],
        alertAcknowledgedAt: id === any ? expect.any(String) : null,
        readAt: null,
      });
    }
    expect(await countUnread(ben)).toEqual({ count: 2 });
    expect(await tellAll()).toBe(0);
  });

  it("is told by chunks where an alert went to very many, and each once", async () => {
    const people = await Promise.all(Array.from({ length: 4 }, () => givenPerson(test)));
    const id = await alert(people);
    await acknowledgeNotification(people[0] ?? (await givenPerson(test)), { id });
    const before = await test.services.db.userInbox.findMany({
      where: { userId: { in: people.map(currentUserId) } },
    });
    expect(await tellRecipients(test.services.pool, [id], 3)).toBe(4);
    for (const { userId, lastSeq } of before) {
      const after = await test.services.db.userInbox.findUniqueOrThrow({ where: { userId } });
      expect(after.lastSeq).toBe(lastSeq + 1n);
    }
  });

  it("of a wide alert that waits for everyone, learns of the first who acknowledges and of the end", async () => {
    const people = await Promise.all(Array.from({ length: 102 }, () => givenPerson(test)));
    const [first, second, reader] = people;
    if (!first || !second || !reader) throw new Error("There is nobody");
    const id = await alert(people, { ackPolicy: "all" });
    const synced = async () => (await syncNotifications(reader, { after: 0, limit: 1 })).next;
    await acknowledgeNotification(first, { id });
    expect(await tellAll()).toBe(102);
    const told = await synced();
    await acknowledgeNotification(second, { id });
    expect(await tellAll()).toBe(0);
    expect(await synced()).toBe(told);
  });
});
