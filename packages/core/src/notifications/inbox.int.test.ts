import { listNotificationsInputSchema } from "@tocsin/contracts/api/notifications";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Context } from "../context.ts";
import { givenPerson, givenRuleOfAlerts } from "../testing/fixtures.ts";
import { givenAlert } from "../testing/given-alert.ts";
import { createTestServices } from "../testing/test-services.ts";
import { acknowledgeNotification } from "./acknowledge-notification.ts";
import { archiveNotification } from "./archive-notification.ts";
import { countUnread } from "./count-unread.ts";
import { deleteNotification } from "./delete-notification.ts";
import { getNotification } from "./get-notification.ts";
import { listNotifications } from "./list-notifications.ts";
import { logWebviewAction } from "./log-webview-action.ts";
import { readNotification } from "./read-notification.ts";

let test: Awaited<ReturnType<typeof createTestServices>>;
let ruleId: string;

beforeAll(async () => {
  test = await createTestServices();
  ruleId = await givenRuleOfAlerts(test);
});

afterAll(() => test.close());

/** Alerts somebody, as the pipeline does. */
const alert = (...people: readonly Context[]) => givenAlert(test.services.pool, people, { ruleId });

const list = async (ctx: Context, some: object = {}) =>
  (await listNotifications(ctx, listNotificationsInputSchema.parse(some))).items.map(({ id }) => id);

describe("one's inbox", () => {
  it("counts a notification as read once, however often and by whatever it was read", async () => {
    const ada = await givenPerson(test);
    const [first, second, third] = [await alert(ada), await alert(ada), await alert(ada)];
    await Promise.all([readNotification(ada, { id: first }), readNotification(ada, { id: first })]);
    await archiveNotification(ada, { id: first });
    expect(await countUnread(ada)).toEqual({ count: 2 });
    await acknowledgeNotification(ada, { id: second });
    await deleteNotification(ada, { id: second });
    expect(await countUnread(ada)).toEqual({ count: 1 });
    await deleteNotification(ada, { id: third });
    expect(await countUnread(ada)).toEqual({ count: 0 });
  });

  it("shows what is archived only where it is asked for, and what is deleted nowhere; others keep theirs", async () => {
    const [ada, ben] = [await givenPerson(test), await givenPerson(test)];
    const [kept, archived, deleted] = [await alert(ada, ben), await alert(ada, ben), await alert(ada, ben)];
    await archiveNotification(ada, { id: archived });
    await deleteNotification(ada, { id: deleted });
    expect(await list(ada)).toEqual([kept]);
    expect(await list(ada, { status: "archived" })).toEqual([archived]);
    expect(await list(ben)).toEqual([deleted, archived, kept]);
    for (const attempt of [getNotification, readNotification, archiveNotification, deleteNotification]) {
      await expect(attempt(ada, { id: deleted })).rejects.toMatchObject({ code: "NOTIFICATION_NOT_FOUND" });
    }
  });

  it("is nobody else's", async () => {
    const [ada, eve] = [await givenPerson(test), await givenPerson(test)];
    const id = await alert(ada);
    for (const attempt of [readNotification, archiveNotification, deleteNotification]) {
      await expect(attempt(eve, { id })).rejects.toMatchObject({ code: "NOTIFICATION_NOT_FOUND" });
    }
    await expect(logWebviewAction(eve, { id, action: "opened" })).rejects.toMatchObject({
      code: "NOTIFICATION_NOT_FOUND",
    });
    expect(await countUnread(ada)).toEqual({ count: 1 });
  });

  it("writes down what was done with a web view", async () => {
    const ada = await givenPerson(test);
    const id = await alert(ada);
    const url = "https://admin.example.com/transfers/1";
    await logWebviewAction(ada, { id, action: "opened", url });
    expect(await test.services.db.webviewAction.findMany({ where: { notificationId: id } })).toMatchObject([
      { action: "opened", url },
    ]);
  });
});
