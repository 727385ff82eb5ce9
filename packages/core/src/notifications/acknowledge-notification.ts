import type { NotificationView } from "@tocsin/contracts/api/notifications";
import { inTransaction } from "@tocsin/db/transaction";
import { recordAudit } from "../audit/record-audit.ts";
import { type Context, currentUserId } from "../context.ts";
import { acknowledgeWhole, lockNotification } from "./acknowledge-whole.ts";
import { changeCopy } from "./change-copy.ts";
import { loadOwnView } from "./load-own-view.ts";
import { wakeAfterChange } from "./wake-after-change.ts";

/**
 * Acknowledges one of the caller's notifications; that it was read follows. Doing it again changes nothing.
 * The notification itself counts as acknowledged as the rule's policy says: by anyone, or by everyone.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function acknowledgeNotification(
  ctx: Context,
  { id }: { id: string },
): Promise<NotificationView> {
  const place = { userId: currentUserId(ctx), notificationId: id };
  const { isOver, hasStoppedPushes } = await inTransaction(ctx.db, async (tx) => {
    await lockNotification(tx, id);
    const changed = await changeCopy(tx, place, ({ readAt, acknowledgedAt }, now) =>
      acknowledgedAt === null ? { acknowledgedAt: now, readAt: readAt ?? now } : null,
    );
    if (!changed.isChanged) return { ...changed, isOver: false };
    await recordAudit(tx, ctx, {
      action: "notification.acknowledged",
      resourceType: "notification",
      resourceId: id,
    });
    return { ...changed, isOver: await acknowledgeWhole(tx, id) };
  });
  await wakeAfterChange(ctx, id, { screens: isOver, phones: isOver || hasStoppedPushes });
  return loadOwnView(ctx, id);
}
