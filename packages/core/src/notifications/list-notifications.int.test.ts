import { listNotificationsInputSchema } from "@tocsin/contracts/api/notifications";
import { newId } from "@tocsin/db/ids";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { givenAlert } from "../testing/given-alert.ts";
import { createTestServices } from "../testing/test-services.ts";
import { acknowledgeNotification } from "./acknowledge-notification.ts";
import { archiveNotification } from "./archive-notification.ts";
import { deleteNotification } from "./delete-notification.ts";
import { listNotifications } from "./list-notifications.ts";
import { readNotification } from "./read-notification.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let rules: string[];

beforeAll(async () => {
  test = await createTestServices();
  const author = test.contextOf(
    actorOf(await givenUser(test.services.db, [await givenRole(test.services.db, "Operator")])),
  );
  const given = async () =>
    (await givenRule(author, { condition: 'event.type == "x"', targetRoles: ["Operator"] })).id;
  rules = [await given(), await given()];
});

afterAll(() => test.close());

async function givenPerson(permissions: readonly string[] = ["notifications:read"]): Promise<Context> {
  return test.contextOf(actorOf(await givenUser(test.services.db, []), permissions));
}

const alert = (people: readonly Context[], some: object = {}) =>
  givenAlert(test.services.pool, people, { ruleId: rules[0] ?? "", ...some });

const list = (ctx: Context, some: object = {}) =>
  listNotifications(ctx, listNotificationsInputSchema.parse(some));

const idsOf = async (ctx: Context, some: object = {}) => (await list(ctx, some)).items.map(({ id }) => id);

describe("my notifications", () => {
  it("are filtered by rule, kind, priority and time, and by several of them at once", async () => {
    const ada = await givenPerson();
    const [rule, otherRule] = rules;
    const critical = await alert([ada], { priority: 1 });
    const high = await alert([ada], { priority: 2, kind: "storm" });
    const normal = await alert([ada], { priority: 3, ruleId: otherRule });
    const newest = (await list(ada)).items[0]?.createdAt ?? "";

    expect(await idsOf(ada)).toEqual([normal, high, critical]);
    expect(await idsOf(ada, { ruleId: otherRule })).toEqual([normal]);
    expect(await idsOf(ada, { kind: "storm" })).toEqual([high]);
    expect(await idsOf(ada, { priority: 1 })).toEqual([critical]);
    expect(await idsOf(ada, { priorityAtMost: 2 })).toEqual([high, critical]);
    expect(await idsOf(ada, { priorityAtMost: 2, ruleId: rule, kind: "alert" })).toEqual([critical]);
    expect(await idsOf(ada, { from: newest })).toContain(normal);
    expect(await idsOf(ada, { to: newest })).not.toContain(normal);
    expect(await idsOf(ada, { status: "unread", priority: 1 })).toEqual([critical]);
    expect(await idsOf(ada, { status: "read", priority: 1 })).toEqual([]);
  });

  it("are counted exactly, whatever was done with them, without being counted one by one", async () => {
    const ada = await givenPerson();
    const [a, b, c, d, e] = await Promise.all(Array.from({ length: 5 }, () => alert([ada])));
    await readNotification(ada, { id: a ?? "" });
    await acknowledgeNotification(ada, { id: b ?? "" });
    await acknowledgeNotification(ada, { id: c ?? "" });
    await archiveNotification(ada, { id: c ?? "" });
    await deleteNotification(ada, { id: d ?? "" });
    await archiveNotification(ada, { id: e ?? "" });
    await deleteNotification(ada, { id: e ?? "" });
    for (const status of [undefined, "unread", "read", "acknowledged", "archived"] as const) {
      const page = await list(ada, { status, limit: 1 });
      const all = await list(ada, { status, limit: 100 });
      expect({ status, total: page.total }).toEqual({ status, total: all.items.length });
    }
    expect((await list(ada)).total).toBe(2);
    expect((await list(ada, { kind: "alert" })).total).toBe(2);
  });

  it("come page by page without a gap or a repetition while new ones arrive", async () => {
    const ada = await givenPerson();
    const old = await Promise.all(Array.from({ length: 7 }, () => alert([ada])));
    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await list(ada, { limit: 2, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      await alert([ada]);
    } while (cursor);
    expect(seen).toEqual(old.toSorted().toReversed());

    const to = (await list(ada, { limit: 1 })).items[0]?.createdAt;
    const held = await idsOf(ada, { to, limit: 100 });
    const byNumber: string[] = [];
    for (let page = 1; page <= Math.ceil(held.length / 3); page += 1) {
      byNumber.push(...(await idsOf(ada, { to, limit: 3, page })));
      await alert([ada]);
    }
    expect(byNumber).toEqual(held);
  });

  it("name who was alerted, those who acknowledged first, and of many no more than a hundred", async () => {
    const people = await Promise.all(Array.from({ length: 103 }, () => givenPerson()));
    const ids = people.map(({ actor }) => (actor.type === "user" ? actor.id : "")).toSorted();
    const [wide, narrow] = [await alert(people), await alert(people.slice(0, 3))];
    const last = people.find(({ actor }) => actor.type === "user" && actor.id === ids.at(-1));
    if (!last) throw new Error("There is nobody");
    await acknowledgeNotification(last, { id: wide });
    const views = (await list(last)).items;
    const view = views.find(({ id }) => id === wide);
    expect(view?.recipientCount).toBe(103);
    expect(view?.recipients).toEqual([ids.at(-1), ...ids.slice(0, 99)]);
    expect(view?.acknowledgedBy).toEqual([ids.at(-1)]);
    expect(view?.alertAcknowledgedAt).toEqual(expect.any(String));
    const other = (await list(people[0] ?? last)).items.find(({ id }) => id === narrow);
    expect(other?.recipients).toHaveLength(3);
    expect(other?.acknowledgedBy).toEqual([]);
  });
});

describe("everyone's notifications", () => {
  it("need a permission of their own", async () => {
    await expect(list(await givenPerson(), { scope: "all" })).rejects.toMatchObject({
      code: "UNAUTHORIZED_ROLE",
    });
  });

  it("are one line each, also for who was not alerted, and tell what the caller did where the caller was", async () => {
    const [eve, ada, ben] = [
      await givenPerson(["notifications:read", "notifications:read-all"]),
      await givenPerson(),
      await givenPerson(),
    ];
    const [theirs, ours] = [await alert([ada, ben]), await alert([ada, eve])];
    await acknowledgeNotification(ada, { id: theirs });
    await readNotification(eve, { id: ours });
    const { items } = await list(eve, { scope: "all", limit: 2 });
    expect(items).toMatchObject([
      { id: ours, readAt: expect.any(String), recipientCount: 2, acknowledgedBy: [] },
      { id: theirs, seq: 0, readAt: null, acknowledgedAt: null, alertAcknowledgedAt: expect.any(String) },
    ]);
    expect(items[1]?.acknowledgedBy).toEqual([ada.actor.type === "user" && ada.actor.id]);
    expect(items[1]?.recipients).toHaveLength(2);
    await deleteNotification(eve, { id: ours });
    expect((await list(eve, { scope: "all", limit: 1 })).items).toMatchObject([{ id: ours, seq: 0 }]);
  });

  it("are filtered by rule, kind, priority and time, and come page by page while new ones arrive", async () => {
    const eve = await givenPerson(["notifications:read", "notifications:read-all"]);
    const { id: ruleId } = await givenRule(test.contextOf(actorOf(await givenUser(test.services.db, []))), {
      condition: 'event.type == "y"',
      targetRoles: ["Operator"],
    });
    const ids: string[] = [];
    for (const priority of [1, 2, 3, 4]) ids.push(await alert([eve], { ruleId, priority }));
    const newest = ids.toReversed();
    expect(await idsOf(eve, { scope: "all", ruleId })).toEqual(newest);
    expect((await list(eve, { scope: "all", ruleId })).total).toBe(4);
    expect((await idsOf(eve, { scope: "all", priority: 4 }))[0]).toBe(ids[3]);
    const urgent = await idsOf(eve, { scope: "all", priorityAtMost: 3, limit: 100 });
    expect(urgent.filter((id) => ids.includes(id))).toEqual(newest.slice(1));
    const storm = await alert([eve], { kind: "storm" });
    expect((await idsOf(eve, { scope: "all", kind: "storm" }))[0]).toBe(storm);

    const seen: string[] = [];
    let cursor: string | null | undefined;
    do {
      const page = await list(eve, { scope: "all", ruleId, limit: 1, ...(cursor && { cursor }) });
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
      await alert([eve], { ruleId });
    } while (cursor);
    expect(seen).toEqual(newest);
  });

  it.each([
    ["status", { status: "unread" }],
    ["kind", { ruleId: newId(), kind: "alert" }],
    ["priorityAtMost", { priority: 1, priorityAtMost: 2 }],
  ])("say that %s has no place beside the others", async (field, some) => {
    const eve = await givenPerson(["notifications:read-all"]);
    await expect(list(eve, { scope: "all", ...some })).rejects.toMatchObject({
      code: "VALIDATION_FAILED",
      errors: [{ pointer: `/${field}` }],
    });
  });

  it("refuse a cursor that is not theirs", async () => {
    const eve = await givenPerson(["notifications:read-all"]);
    await expect(list(eve, { scope: "all", cursor: newId() })).rejects.toMatchObject({
      errors: [{ pointer: "/cursor" }],
    });
    await expect(list(eve, { cursor: "x" })).rejects.toMatchObject({ errors: [{ pointer: "/cursor" }] });
  });
});
