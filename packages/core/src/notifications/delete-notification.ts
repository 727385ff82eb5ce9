import { inTransaction } from "@tocsin/db/transaction";
import { type Context, currentUserId } from "../context.ts";
import { acknowledgeWhole, lockNotification } from "./acknowledge-whole.ts";
import { changeCopy } from "./change-copy.ts";
import { wakeAfterChange } from "./wake-after-change.ts";

/**
 * Hides one of the caller's notifications from the caller, for good. Others keep theirs; the row stays, so that the
 * caller's other devices learn of it. An alert that waits for everyone's acknowledgement waits for the caller's no more.
 * @throws DomainError NOTIFICATION_NOT_FOUND, also the second time
 */
export async function deleteNotification(ctx: Context, { id }: { id: string }): Promise<void> {
  const place = { userId: currentUserId(ctx), notificationId: id };
  const { isOver, hasStoppedPushes } = await inTransaction(ctx.db, async (tx) => {
    await lockNotification(tx, id);
    const changed = await changeCopy(tx, place, ({ readAt }, now) => ({
      deletedAt: now,
      readAt: readAt ?? now,
    }));
    return { ...changed, isOver: await acknowledgeWhole(tx, id) };
  });
  await wakeAfterChange(ctx, id, { screens: isOver, phones: isOver || hasStoppedPushes });
}
