import type { Page } from "@tocsin/contracts/api/common";
import type { ListNotificationsInput, NotificationView } from "@tocsin/contracts/api/notifications";
import type { Context } from "../context.ts";
import { listAllNotifications } from "./list-all-notifications.ts";
import { listOwnNotifications } from "./list-own-notifications.ts";

/**
 * A page of notifications, newest first: the caller's own, or everyone's.
 * @throws DomainError VALIDATION_FAILED, UNAUTHORIZED_ROLE (everyone's need a permission of their own)
 */
export async function listNotifications(
  ctx: Context,
  input: ListNotificationsInput,
): Promise<Page<NotificationView>> {
  return input.scope === "all" ? listAllNotifications(ctx, input) : listOwnNotifications(ctx, input);
}
