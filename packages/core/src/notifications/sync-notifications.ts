import type { NotificationChange, Sync, SyncInput } from "@tocsin/contracts/api/notifications";
import { type Context, currentUserId } from "../context.ts";
import { toNotificationViews } from "./notification-view.ts";

/**
 * Every change of the caller's notifications after a change number, oldest first: the notification as it is now, or that
 * it is gone. Whoever has read up to `next` has missed nothing up to it.
 */
export async function syncNotifications(ctx: Context, { after, limit }: SyncInput): Promise<Sync> {
  const userId = currentUserId(ctx);
  const [inbox, copies] = await Promise.all([
    ctx.db.userInbox.findUnique({ where: { userId } }),
    ctx.db.notificationRecipient.findMany({
      where: { userId, seq: { gt: BigInt(after) } },
      orderBy: { seq: "asc" },
      take: limit + 1,
    }),
  ]);
  // A number that was never given: the client knows another database than this one.
  if (after > Number(inbox?.lastSeq ?? 0)) return { reset: true, changes: [], next: 0, more: false };
  const some = copies.slice(0, limit);
  const kept = some.filter(({ deletedAt }) => deletedAt === null);
  const views = new Map((await toNotificationViews(ctx.db, kept)).map((view) => [view.id, view]));
  const changes = some.map(({ notificationId, seq }): NotificationChange => ({
    id: notificationId,
    seq: Number(seq),
    notification: views.get(notificationId) ?? null,
  }));
  return {
    reset: false,
    changes,
    next: changes.at(-1)?.seq ?? after,
    more: copies.length > limit,
  };
}
