import type { NotificationView } from "@tocsin/contracts/api/notifications";
import type { Context } from "../context.ts";
import { loadOwnView } from "./load-own-view.ts";

/**
 * One of the caller's notifications.
 * @throws DomainError NOTIFICATION_NOT_FOUND, also for one that is somebody else's or that the caller deleted
 */
export async function getNotification(ctx: Context, { id }: { id: string }): Promise<NotificationView> {
  return loadOwnView(ctx, id);
}
