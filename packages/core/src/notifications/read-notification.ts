import type { NotificationView } from "@tocsin/contracts/api/notifications";
import type { Context } from "../context.ts";
import { changeOwnCopy } from "./change-own-copy.ts";

/**
 * Marks one of the caller's notifications as read. Doing it again changes nothing.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function readNotification(ctx: Context, { id }: { id: string }): Promise<NotificationView> {
  return changeOwnCopy(ctx, id, ({ readAt }, now) => (readAt === null ? { readAt: now } : null));
}
