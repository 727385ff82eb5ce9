import type { Services } from "@tocsin/core/context";
import { actorOf, givenRule } from "@tocsin/core/testing/fixtures";
import { newId } from "@tocsin/db/ids";

/** An alert of a new rule in one person's inbox. */
export async function givenNotificationOf(services: Services, userId: string): Promise<string> {
  const { db } = services;
  const ctx = { ...services, actor: actorOf(userId), request: { id: newId(), ip: null, userAgent: null } };
  const rule = await givenRule(ctx, { condition: "event.type == 'a'", targetRoles: ["Operator"] });
  const [id, now] = [newId(), new Date()];
  await db.notification.create({
    data: {
      ...{ id, ruleId: rule.id, kind: "alert", sourceKey: `alert:${id}`, title: "t", message: "m" },
      ...{ priority: 3, ruleVersion: 1, recipientCount: 1, createdAt: now },
    },
  });
  const inbox = await db.userInbox.update({
    where: { userId },
    data: { lastSeq: { increment: 1 }, unread: { increment: 1 }, listed: { increment: 1 } },
  });
  await db.notificationRecipient.create({
    data: {
      ...{ userId, notificationId: id, seq: inbox.lastSeq, createdAt: now },
      ...{ ruleId: rule.id, kind: "alert", priority: 3 },
    },
  });
  return id;
}
