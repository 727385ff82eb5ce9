import { type Context, currentUserId } from "../context.ts";

/**
 * What follows at once from what the caller did with a notification: their other screens count anew, and screens and
 * phones take it away. Without the last a sweep would, a moment later.
 */
export async function wakeAfterChange(
  ctx: Context,
  notificationId: string,
  where: { screens: boolean; phones: boolean },
): Promise<void> {
  const { wakeUps } = ctx;
  const ids = [notificationId];
  await Promise.all([
    wakeUps.tellUnread([currentUserId(ctx)]),
    where.screens && wakeUps.withdraw(ids),
    where.phones && wakeUps.push("fcm", ids),
    where.phones && wakeUps.push("apns", ids),
  ]);
}
