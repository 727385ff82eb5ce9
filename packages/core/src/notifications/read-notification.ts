import type { NotificationView } from "@tocsin/contracts/api/notifications";
import { DomainError } from "@tocsin/contracts/errors";
import { inTransaction } from "@tocsin/db/transaction";
import { type Context, currentUserId } from "../context.ts";
import { changeCopy } from "./change-copy.ts";
import { toNotificationViews } from "./notification-view.ts";

/**
 * Marks one of the caller's notifications as read. Doing it again changes nothing.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function readNotification(ctx: Context, { id }: { id: string }): Promise<NotificationView> {
  const place = { userId: currentUserId(ctx), notificationId: id };
  const copy = await inTransaction(ctx.db, (tx) =>
    changeCopy(tx, place, ({ readAt }, now) => (readAt === null ? { readAt: now } : null)),
  );
  const [view] = await toNotificationViews(ctx.db, [copy]);
  if (!view) throw new DomainError("NOTIFICATION_NOT_FOUND");
  return view;
}
