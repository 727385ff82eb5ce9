import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import type { Channel } from "../delivery/channel.ts";
import { deliverNotifications } from "../delivery/deliver-notifications.ts";
import { explainNotification } from "../delivery/explain-notification.ts";
import { reportDelivery } from "../delivery/report-delivery.ts";
import { acknowledgeNotification } from "../notifications/acknowledge-notification.ts";
import { recordReceipt } from "../notifications/record-receipt.ts";
import { updatePreferences } from "../preferences/update-preferences.ts";
import { actorOf, givenRole, givenRule, givenUser } from "../testing/fixtures.ts";
import { createTestServices } from "../testing/test-services.ts";
import { sendTestNotification } from "./send-test-notification.ts";
import { startDrill } from "./start-drill.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let author: Context;
let operators: string[];

beforeAll(async () => {
  test = await createTestServices();
  const role = await givenRole(test.services.db, "Operator");
  await givenRole(test.services.db, "Nobody");
  operators = await Promise.all([0, 1, 2].map(() => givenUser(test.services.db, [role])));
  author = test.contextOf(actorOf(await givenUser(test.services.db, [])));
});

afterAll(() => test.close());

const screens: Channel = {
  name: "pusher",
  maximumTargets: 100,
  deliver: (some) =>
    Promise.resolve(some.map(({ targets }) => targets.map(() => ({ status: "accepted", providerId: null })))),
};
const deliver = (id: string, perUser = 1000) =>
  deliverNotifications(test.deliveryOf(screens, { interruptionLimits: { perUser, overall: 100_000 } }), {
    notificationIds: [id],
  });
const as = (userId = "") => test.contextOf(actorOf(userId));
const rule = (targetRoles: string[]) =>
  givenRule(author, { condition: "event.type == 'x'", targetRoles, name: "Large transfer", sound: null });

describe("a drill", () => {
  it("goes to everyone whom the rule alerts, marked as a drill, and its report tells whom it reached", async () => {
    const { id: ruleId } = await rule(["Operator"]);
    const { id, recipientCount } = await startDrill(author, { id: ruleId });
    expect(recipientCount).toBe(3);
    await deliver(id);
    await recordReceipt(as(operators[0]), { id, type: "displayed" });
    await acknowledgeNotification(as(operators[1]), { id });
    const report = await reportDelivery(author, { id }, "drill");
    expect(report).toMatchObject({
      kind: "drill",
      reached: 3,
      displayed: 1,
      acknowledged: 1,
      nextAfter: null,
    });
    expect(report.recipients.map(({ userId }) => userId)).toEqual(operators.toSorted());
    const first = report.recipients.find(({ userId }) => userId === operators[0]);
    expect(first).toMatchObject({ screen: "sent", displayedAt: expect.any(String), acknowledgedAt: null });
  });

  it("of a rule whose roles nobody holds is refused", async () => {
    const { id } = await rule(["Nobody"]);
    await expect(startDrill(author, { id })).rejects.toMatchObject({ code: "NO_RECIPIENTS" });
  });

  it("is the only kind of notification whose report a rule's author sees", async () => {
    const { id } = await sendTestNotification(author);
    expect(await reportDelivery(author, { id }, "drill")).toMatchObject({ recipientCount: 1 });
    await test.services.db.notification.update({ where: { id }, data: { kind: "alert" } });
    await expect(reportDelivery(author, { id }, "drill")).rejects.toMatchObject({
      code: "NOTIFICATION_NOT_FOUND",
    });
  });
});

describe("explaining a notification", () => {
  const explain = (ctx: Context, id: string) => explainNotification(ctx, { id });

  it("tells that one was interrupted, and what happened in order", async () => {
    const ada = as(await givenUser(test.services.db, []));
    const { id } = await sendTestNotification(ada);
    expect(await explain(ada, id)).toMatchObject({ interruption: "undecided" });
    await deliver(id);
    await recordReceipt(ada, { id, type: "sounded" });
    const explained = await explain(ada, id);
    expect(explained).toMatchObject({ interruption: "interrupted", heldReason: null });
    expect(explained.steps.map(({ what }) => what)).toEqual([
      "It was put into your inbox",
      "A provider took it for you",
      "A device of yours played its sound",
    ]);
  });

  it("tells that it came without a sound, and why: too many at once, or the person's own wish", async () => {
    const ada = as(await givenUser(test.services.db, []));
    const tests = [await sendTestNotification(ada), await sendTestNotification(ada)];
    for (const { id } of tests) await deliver(id, 1);
    expect(await explain(ada, tests[1]?.id ?? "")).toMatchObject({
      interruption: "held",
      heldReason: "rate_limited",
      why: expect.stringContaining("too often"),
    });
    await updatePreferences(ada, { minimumPriority: 2 });
    const { id } = await sendTestNotification(ada);
    await deliver(id);
    expect(await explain(ada, id)).toMatchObject({ heldReason: "below_priority" });
  });

  it("is for the person alone", async () => {
    const { id } = await sendTestNotification(author);
    await expect(explain(as(operators[0]), id)).rejects.toMatchObject({ code: "NOTIFICATION_NOT_FOUND" });
  });
});
