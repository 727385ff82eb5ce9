import type { NotificationView } from "@tocsin/contracts/api/notifications";
import { DomainError } from "@tocsin/contracts/errors";
import { type Context, currentUserId } from "../context.ts";
import { toNotificationViews, viewColumns, type ViewRow } from "./notification-view.ts";

/**
 * One of the caller's notifications as it is now.
 * @throws DomainError NOTIFICATION_NOT_FOUND, also for one that is somebody else's or that the caller deleted
 */
export async function loadOwnView(ctx: Context, id: string): Promise<NotificationView> {
  const rows = await ctx.pool.query<ViewRow[]>(
    `SELECT ${viewColumns} FROM notification_recipient AS copy JOIN notification ON notification.id = copy.notificationId
      WHERE copy.userId = ? AND copy.notificationId = ? AND copy.deletedAt IS NULL`,
    [currentUserId(ctx), id],
  );
  const [view] = await toNotificationViews(ctx.pool, rows);
  if (!view) throw new DomainError("NOTIFICATION_NOT_FOUND");
  return view;
}
