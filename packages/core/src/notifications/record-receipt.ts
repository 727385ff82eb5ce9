import type { ReceiptInput } from "@tocsin/contracts/api/notifications";
import { DomainError } from "@tocsin/contracts/errors";
import { Prisma } from "@tocsin/db/client";
import { type Context, currentUserId } from "../context.ts";

const columns = { received: "receivedAt", displayed: "seenAt", sounded: "soundedAt" } as const;

/**
 * Writes down what one of the caller's devices did with an alert; the first time counts. An alert that was shown need
 * not ring on a phone any more; one that merely arrived still does, for an open screen may have nobody before it.
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function recordReceipt(
  ctx: Context,
  { id: notificationId, type }: ReceiptInput,
): Promise<{ ok: true }> {
  const userId = currentUserId(ctx);
  const column = Prisma.raw(columns[type]);
  const own = await ctx.db.notificationRecipient.findUnique({
    where: { userId_notificationId: { userId, notificationId }, deletedAt: null },
    select: { userId: true },
  });
  if (!own) throw new DomainError("NOTIFICATION_NOT_FOUND");
  await ctx.db.$executeRaw`
    UPDATE notification_recipient SET ${column} = UTC_TIMESTAMP(3)
     WHERE userId = ${userId} AND notificationId = ${notificationId} AND ${column} IS NULL`;
  if (type !== "received") {
    // One that is under way stays: it may be the very push that this receipt answers.
    await ctx.db.$executeRaw`
      UPDATE push_delivery SET status = 'cancelled', dueAt = NULL
       WHERE notificationId = ${notificationId} AND userId = ${userId} AND status = 'pending' AND attempts = 0`;
  }
  return { ok: true };
}
