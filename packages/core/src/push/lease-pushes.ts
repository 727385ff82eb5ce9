import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { PushPlatform } from "@tocsin/platform/wake-ups";
import { jobLeaseMs } from "../delivery/lease.ts";

/** How many push notifications are sent together at the most. */
export const maximumPushes = 1000;

/** A push notification that this worker, and no other, is to send now. */
export interface LeasedPush {
  notificationId: string;
  deviceId: string;
  userId: string;
  /** Pending: the alert is to be sent. Withdrawing: it is to be taken away. */
  status: "pending" | "withdrawing";
  /** Which try this is, from 1. */
  attempt: number;
  round: number;
}

/**
 * Takes those push notifications of a platform that are due. Waits for rows that somebody else has locked, the other
 * platform's worker on its way past them among them: what is passed over, nobody wakes again soon.
 */
export async function leasePushes(
  pool: Pool,
  platform: PushPlatform,
  notificationIds: readonly string[],
): Promise<LeasedPush[]> {
  return withPoolTransaction(pool, async (connection) => {
    const due = await connection.query<LeasedPush[]>(
      `SELECT notificationId, deviceId, userId, status, attempts + 1 AS attempt, round
         FROM push_delivery FORCE INDEX (PRIMARY)
        WHERE notificationId IN (${placeholders(notificationIds)}) AND platform = ?
          AND dueAt <= UTC_TIMESTAMP(3) AND status IN ('pending', 'withdrawing')
        ORDER BY notificationId, deviceId LIMIT ${maximumPushes} FOR UPDATE`,
      [...notificationIds, platform],
    );
    await lease(connection, due);
    return due;
  });
}

async function lease(connection: Queryable, due: readonly LeasedPush[]): Promise<void> {
  for (const [notificationId, own] of Map.groupBy(due, (push) => push.notificationId)) {
    await connection.query(
      `UPDATE push_delivery SET dueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, attempts = attempts + 1
        WHERE notificationId = ? AND deviceId IN (${placeholders(own)})`,
      [jobLeaseMs * 1000, notificationId, ...own.map(({ deviceId }) => deviceId)],
    );
  }
}
