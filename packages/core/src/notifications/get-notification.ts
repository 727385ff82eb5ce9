import type { NotificationView } from "@tocsin/contracts/api/notifications";
import { DomainError } from "@tocsin/contracts/errors";
import { type Context, currentUserId } from "../context.ts";
import { toNotificationViews } from "./notification-view.ts";

/**
 * One of the caller's notifications.
 * @throws DomainError NOTIFICATION_NOT_FOUND, also for one that is somebody else's or that the caller deleted
 */
export async function getNotification(ctx: Context, { id }: { id: string }): Promise<NotificationView> {
  const copy = await ctx.db.notificationRecipient.findUnique({
    where: { userId_notificationId: { userId: currentUserId(ctx), notificationId: id }, deletedAt: null },
  });
  const [view] = await toNotificationViews(ctx.db, copy ? [copy] : []);
  if (!view) throw new DomainError("NOTIFICATION_NOT_FOUND");
  return view;
}
