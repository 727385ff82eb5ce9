import type { Context } from "../context.ts";
import { changeOwnCopy } from "./change-own-copy.ts";

/**
 * Hides one of the caller's notifications from the caller, for good. Others keep theirs; the row stays, so that the
 * caller's other devices learn of it. An alert that waits for everyone's acknowledgement waits for the caller's no more.
 * @throws DomainError NOTIFICATION_NOT_FOUND, also the second time
 */
export async function deleteNotification(ctx: Context, { id }: { id: string }): Promise<void> {
  await changeOwnCopy(ctx, id, "delete");
}
