import type { Context } from "../context.ts";

/** Makes screens and phones take a notification away at once; without it a sweep would, a moment later. */
export async function wakeWithdrawals(
  { wakeUps }: Context,
  notificationId: string,
  where: { screens: boolean; phones: boolean },
): Promise<void> {
  const ids = [notificationId];
  await Promise.all([
    where.screens && wakeUps.withdraw(ids),
    where.phones && wakeUps.push("fcm", ids),
    where.phones && wakeUps.push("apns", ids),
  ]);
}
