import type { WebviewActionInput } from "@tocsin/contracts/api/notifications";
import { DomainError } from "@tocsin/contracts/errors";
import { newId } from "@tocsin/db/ids";
import { type Context, currentUserId } from "../context.ts";

/**
 * Writes down what the caller did with the web view that a notification opened.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function logWebviewAction(
  ctx: Context,
  { id: notificationId, action, url }: WebviewActionInput,
): Promise<{ ok: true }> {
  const userId = currentUserId(ctx);
  const own = await ctx.db.notificationRecipient.findUnique({
    where: { userId_notificationId: { userId, notificationId }, deletedAt: null },
    select: { userId: true },
  });
  if (!own) throw new DomainError("NOTIFICATION_NOT_FOUND");
  await ctx.db.webviewAction.create({
    data: { id: newId(), notificationId, userId, action, url: url ?? null, at: ctx.clock() },
  });
  return { ok: true };
}
