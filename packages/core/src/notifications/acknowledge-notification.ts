import type { NotificationView } from "@tocsin/contracts/api/notifications";
import { DomainError } from "@tocsin/contracts/errors";
import type { Transaction } from "@tocsin/db/client";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { toNotificationViews } from "./notification-view.ts";

/**
 * Acknowledges one of the caller's notifications; that it was read follows. Doing it again changes nothing.
 * The notification itself counts as acknowledged as the rule's policy says: by anyone, or by everyone.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function acknowledgeNotification(
  ctx: Context,
  { id }: { id: string },
): Promise<NotificationView> {
  const userId = currentUserId(ctx);
  return inTransaction(ctx.db, async (tx) => {
    const { isOwn, seq } = await lock(tx, id, userId);
    if (!isOwn) throw new DomainError("NOTIFICATION_NOT_FOUND");
    const key = { userId_notificationId: { userId, notificationId: id } };
    const copy = await tx.notificationRecipient.findUniqueOrThrow({ where: key });
    if (copy.acknowledgedAt === null) {
      const now = await databaseTime(tx);
      const wasUnread = copy.readAt === null;
      await tx.userInbox.update({
        where: { userId },
        data: { lastSeq: seq + 1n, ...(wasUnread && { unread: { decrement: 1 } }) },
      });
      await tx.notificationRecipient.update({
        where: key,
        data: { acknowledgedAt: now, seq: seq + 1n, ...(wasUnread && { readAt: now }) },
      });
      await acknowledgeWhole(tx, id, now);
      await recordAudit(tx, ctx, {
        action: "notification.acknowledged",
        resourceType: "notification",
        resourceId: id,
      });
    }
    const [view] = await toNotificationViews(tx, [
      await tx.notificationRecipient.findUniqueOrThrow({ where: key }),
    ]);
    if (!view) throw new DomainError("NOTIFICATION_NOT_FOUND");
    return view;
  });
}

/** Locks, in this order, the notification, the caller's counters and the caller's copy. */
async function lock(tx: Transaction, id: string, userId: string): Promise<{ isOwn: boolean; seq: bigint }> {
  await tx.$queryRaw`SELECT id FROM notification WHERE id = ${id} FOR UPDATE`;
  const [inbox] = await tx.$queryRaw<{ lastSeq: bigint }[]>`
    SELECT lastSeq FROM user_inbox WHERE userId = ${userId} FOR UPDATE`;
  const own = await tx.$queryRaw<unknown[]>`
    SELECT notificationId FROM notification_recipient
     WHERE userId = ${userId} AND notificationId = ${id} AND deletedAt IS NULL FOR UPDATE`;
  return { isOwn: own.length > 0, seq: BigInt(inbox?.lastSeq ?? 0) };
}

async function acknowledgeWhole(tx: Transaction, id: string, now: Date): Promise<void> {
  const { rule } = await tx.notification.findUniqueOrThrow({
    where: { id },
    select: { rule: { select: { ackPolicy: true } } },
  });
  if (rule.ackPolicy === "all") {
    const missing = await tx.notificationRecipient.count({
      where: { notificationId: id, acknowledgedAt: null },
    });
    if (missing > 0) return;
  }
  await tx.notification.updateMany({ where: { id, acknowledgedAt: null }, data: { acknowledgedAt: now } });
}

async function databaseTime(tx: Transaction): Promise<Date> {
  const [row] = await tx.$queryRaw<{ now: Date }[]>`SELECT UTC_TIMESTAMP(3) AS now`;
  if (!row) throw new Error("The database did not tell the time");
  return row.now;
}
