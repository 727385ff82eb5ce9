import type { NotificationView } from "@tocsin/contracts/api/notifications";
import type { Context } from "../context.ts";
import { changeOwnCopy } from "./change-own-copy.ts";
import { loadOwnView } from "./load-own-view.ts";

/**
 * Acknowledges one of the caller's notifications; that it was read follows. Doing it again changes nothing.
 * The notification itself counts as acknowledged as the rule's policy says: by anyone, or by everyone.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function acknowledgeNotification(
  ctx: Context,
  { id }: { id: string },
): Promise<NotificationView> {
  await changeOwnCopy(ctx, id, "acknowledge");
  return loadOwnView(ctx, id);
}
