import { inTransaction } from "@tocsin/db/transaction";
import { type Context, currentUserId } from "../context.ts";
import { changeCopy } from "./change-copy.ts";

/**
 * Hides one of the caller's notifications from the caller, for good. Others keep theirs; the row stays, so that the
 * caller's other devices learn of it.
 * @throws DomainError NOTIFICATION_NOT_FOUND, also the second time
 */
export async function deleteNotification(ctx: Context, { id }: { id: string }): Promise<void> {
  const place = { userId: currentUserId(ctx), notificationId: id };
  await inTransaction(ctx.db, (tx) => changeCopy(tx, place, (_copy, now) => ({ deletedAt: now })));
}
