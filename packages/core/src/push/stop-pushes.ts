import { Prisma, type Transaction } from "@tocsin/db/client";
import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/**
 * What is still to be sent is not; what was sent is taken away. The first assignment sees the status as it was.
 */
const stop = `
  UPDATE push_delivery
     SET dueAt = IF(status = 'pending', NULL, UTC_TIMESTAMP(3)), attempts = 0,
         status = IF(status = 'pending', 'cancelled', 'withdrawing')
   WHERE status IN ('pending', 'accepted')`;

/** Stops the push notifications of alerts that are over for everybody. */
export async function stopPushes(db: Queryable, notificationIds: readonly string[]): Promise<void> {
  if (notificationIds.length === 0) return;
  await db.query(`${stop} AND notificationId IN (${placeholders(notificationIds)})`, notificationIds);
}

/**
 * Stops the push notifications of one alert, for everybody or for one person.
 * @returns whether there were any
 */
export async function stopPushesOf(
  tx: Transaction,
  { notificationId, userId }: { notificationId: string; userId?: string },
): Promise<boolean> {
  const person = userId === undefined ? Prisma.empty : Prisma.sql`AND userId = ${userId}`;
  const count = await tx.$executeRaw`${Prisma.raw(stop)} AND notificationId = ${notificationId} ${person}`;
  return count > 0;
}
