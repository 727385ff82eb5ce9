import type { NotificationView } from "@tocsin/contracts/api/notifications";
import type { NotificationRecipient } from "@tocsin/db/client";
import { inTransaction } from "@tocsin/db/transaction";
import { type Context, currentUserId } from "../context.ts";
import { changeCopy, type CopyChange } from "./change-copy.ts";
import { loadOwnView } from "./load-own-view.ts";
import { wakeAfterChange } from "./wake-after-change.ts";

/**
 * Changes the caller's copy of a notification, and nobody else's.
 * @param decide what is to change, now; null where nothing is
 * @returns the notification afterwards
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function changeOwnCopy(
  ctx: Context,
  notificationId: string,
  decide: (copy: NotificationRecipient, now: Date) => CopyChange | null,
): Promise<NotificationView> {
  const place = { userId: currentUserId(ctx), notificationId };
  const { hasStoppedPushes } = await inTransaction(ctx.db, (tx) => changeCopy(tx, place, decide));
  await wakeAfterChange(ctx, notificationId, { screens: false, phones: hasStoppedPushes });
  return loadOwnView(ctx, notificationId);
}
