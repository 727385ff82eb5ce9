import { listNotificationsInputSchema } from "@tocsin/contracts/api/notifications";
import { afterAll, beforeAll, expect, it } from "vitest";
import { newId } from "@tocsin/db/ids";
import type { Context } from "../context.ts";
import { prepareEvent } from "../events/prepare-event.ts";
import { insertEvents } from "../events/insert-events.ts";
import { processBatch } from "../pipeline/process-batch.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { acknowledgeNotification } from "./acknowledge-notification.ts";
import { countUnread } from "./count-unread.ts";
import { deleteNotification } from "./delete-notification.ts";
import { getNotification } from "./get-notification.ts";
import { listNotifications } from "./list-notifications.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let users: string[];

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  users = await Promise.all(Array.from({ length: 8 }, () => givenUser(test.services.db, [role])));
});

afterAll(() => test.close());

const as = (index: number): Context => test.contextOf(actorOf(users[index] ?? ""));

/** Raises an alert to all users. */
async function alert(ackPolicy: "any" | "all" = "any"): Promise<string> {
  const type = `ack.${newId()}`;
  await givenRule(as(0), { condition: `event.type == "${type}"`, targetRoles: ["Operator"], ackPolicy });
  const event = prepareEvent({ type, source: "test", payload: {}, action: "trigger" }, null);
  await insertEvents(test.services.pool, [event]);
  const result = await processBatch(test.pipeline, [{ kind: "stored", streamId: "1-1", eventId: event.id }]);
  return result.dueNotificationIds[0] ?? "";
}

it("acknowledging reads it, counts it out, gives it the next change number, and is audited", async () => {
  const id = await alert();
  const before = await getNotification(as(0), { id });
  const { count } = await countUnread(as(0));
  const after = await acknowledgeNotification(as(0), { id });
  expect(after).toMatchObject({ readAt: expect.any(String), acknowledgedBy: [users[0]] });
  expect(after.seq).toBeGreaterThan(before.seq);
  expect(await countUnread(as(0))).toEqual({ count: count - 1 });
  expect(
    await test.services.db.auditLog.count({ where: { action: "notification.acknowledged", resourceId: id } }),
  ).toBe(1);
});

it("doing it again changes nothing", async () => {
  const id = await alert();
  const first = await acknowledgeNotification(as(0), { id });
  expect(await acknowledgeNotification(as(0), { id })).toEqual(first);
  expect(
    await test.services.db.auditLog.count({ where: { action: "notification.acknowledged", resourceId: id } }),
  ).toBe(1);
});

it("everyone who acknowledges at once is kept", async () => {
  const id = await alert();
  await Promise.all(users.map((_user, index) => acknowledgeNotification(as(index), { id })));
  const { acknowledgedBy } = await getNotification(as(0), { id });
  expect(new Set(acknowledgedBy)).toEqual(new Set(users));
});

it("under the policy `any` the first acknowledgement ends the alert, under `all` the last one", async () => {
  const isOver = async (id: string) =>
    (await test.services.db.notification.findUniqueOrThrow({ where: { id } })).acknowledgedAt !== null;
  const [any, all] = [await alert("any"), await alert("all")];
  await acknowledgeNotification(as(0), { id: any });
  await acknowledgeNotification(as(0), { id: all });
  expect([await isOver(any), await isOver(all)]).toEqual([true, false]);
  await Promise.all(users.map((_user, index) => acknowledgeNotification(as(index), { id: all })));
  expect(await isOver(all)).toBe(true);
});

it("who deleted an alert is waited for no more, but an alert that everyone deleted is not acknowledged", async () => {
  const find = (id: string) => test.services.db.notification.findUniqueOrThrow({ where: { id } });
  const [missed, ignored] = [await alert("all"), await alert("all")];
  await acknowledgeNotification(as(0), { id: missed });
  await Promise.all(users.slice(1).map((_user, index) => deleteNotification(as(index + 1), { id: missed })));
  await Promise.all(users.map((_user, index) => deleteNotification(as(index), { id: ignored })));
  expect((await find(missed)).acknowledgedAt).not.toBeNull();
  expect((await find(ignored)).acknowledgedAt).toBeNull();
});

it("what was acknowledged is due neither for delivery nor for escalation", async () => {
  const id = await alert();
  await acknowledgeNotification(as(0), { id });
  expect(await test.services.db.notification.findUniqueOrThrow({ where: { id } })).toMatchObject({
    deliveryDueAt: null,
    nextEscalationAt: null,
  });
});

it("somebody else's notification is not found", async () => {
  const id = await alert();
  const stranger = test.contextOf(actorOf(await givenUser(test.services.db, [])));
  await expect(acknowledgeNotification(stranger, { id })).rejects.toMatchObject({
    code: "NOTIFICATION_NOT_FOUND",
  });
  await expect(getNotification(stranger, { id })).rejects.toMatchObject({ code: "NOTIFICATION_NOT_FOUND" });
});

it("the list filters by state and pages by cursor without a gap or a repetition", async () => {
  const list = (some: object) => listNotifications(as(1), listNotificationsInputSchema.parse(some));
  const ids = [await alert(), await alert(), await alert()];
  await acknowledgeNotification(as(1), { id: ids[1] ?? "" });
  const acknowledged = await list({ limit: 100, status: "acknowledged" });
  expect(acknowledged.items.map(({ id }) => id)).toContain(ids[1]);
  const unread = await list({ limit: 100, status: "unread" });
  expect(unread.items.map(({ id }) => id)).not.toContain(ids[1]);
  expect(unread.total).toBe((await countUnread(as(1))).count);

  const everything = await list({ limit: 100 });
  const seen: string[] = [];
  let cursor: string | null | undefined;
  do {
    const page = await list({ limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.items.map(({ id }) => id));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual(everything.items.map(({ id }) => id));
});
