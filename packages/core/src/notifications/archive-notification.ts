import type { NotificationView } from "@tocsin/contracts/api/notifications";
import type { Context } from "../context.ts";
import { changeOwnCopy } from "./change-own-copy.ts";
import { loadOwnView } from "./load-own-view.ts";

/**
 * Puts one of the caller's notifications out of sight; that it was read follows. Doing it again changes nothing.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function archiveNotification(ctx: Context, { id }: { id: string }): Promise<NotificationView> {
  await changeOwnCopy(ctx, id, "archive");
  return loadOwnView(ctx, id);
}
