import type { NotificationView } from "@tocsin/contracts/api/notifications";
import type { Context } from "../context.ts";
import { changeOwnCopy } from "./change-own-copy.ts";
import { loadOwnView } from "./load-own-view.ts";

/**
 * Marks one of the caller's notifications as read. Doing it again changes nothing.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function readNotification(ctx: Context, { id }: { id: string }): Promise<NotificationView> {
  await changeOwnCopy(ctx, id, "read");
  return loadOwnView(ctx, id);
}
