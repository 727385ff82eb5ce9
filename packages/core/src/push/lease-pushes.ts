import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { PushPlatform } from "@tocsin/contracts/channels";
import { deliveryIdOf } from "../delivery/delivery-id.ts";
import type { Lease } from "../delivery/lease.ts";
import { mayBeTold } from "../delivery/may-be-told.ts";

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
  /** Whether a provider may have taken it at an earlier try, although nobody knows. */
  wasCalled: boolean;
}

/** The person may be told of it, and has not ended it for themselves. */
const mayStillRing = `
  EXISTS (SELECT 1 FROM notification_recipient AS copy JOIN notification ON notification.id = copy.notificationId
           WHERE copy.notificationId = push.notificationId AND copy.userId = push.userId
             AND copy.acknowledgedAt IS NULL AND copy.deletedAt IS NULL AND ${mayBeTold("push.userId")})`;

/**
 * Takes those push notifications of a platform that are due. Waits for rows that somebody else has locked, the other
 * platform's worker on its way past them among them: what is passed over, nobody wakes again soon.
 */
export async function leasePushes(
  pool: Pool,
  lease: Lease,
  { platform, notificationIds }: { platform: PushPlatform; notificationIds: readonly string[] },
): Promise<LeasedPush[]> {
  return withPoolTransaction(pool, async (connection) => {
    const due = await connection.query<(Omit<LeasedPush, "wasCalled"> & { wasCalled: number })[]>(
      `SELECT notificationId, deviceId, userId, status, attempts + 1 AS attempt, round,
              calledAt IS NOT NULL AS wasCalled
         FROM push_delivery FORCE INDEX (PRIMARY)
        WHERE notificationId IN (${placeholders(notificationIds)}) AND platform = ?
          AND dueAt <= UTC_TIMESTAMP(3) AND status IN ('pending', 'withdrawing')
        ORDER BY notificationId, deviceId LIMIT ${maximumPushes} FOR UPDATE`,
      [...notificationIds, platform],
    );
    const pushes = due.map((push) => ({ ...push, wasCalled: push.wasCalled === 1 }));
    await take(connection, lease, pushes);
    return pushes;
  });
}

/** From now on a provider may have it: it is called, and the worker may die before it writes down how that went. */
async function take(connection: Queryable, lease: Lease, due: readonly LeasedPush[]): Promise<void> {
  for (const [notificationId, own] of Map.groupBy(due, (push) => push.notificationId)) {
    await connection.query(
      `UPDATE push_delivery
          SET leaseId = ?, dueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, attempts = attempts + 1,
              calledAt = IF(status = 'pending', COALESCE(calledAt, UTC_TIMESTAMP(3)), calledAt)
        WHERE notificationId = ? AND deviceId IN (${placeholders(own)})`,
      [lease.id, lease.forMs * 1000, notificationId, ...own.map(({ deviceId }) => deviceId)],
    );
  }
}

/**
 * Prolongs a lease.
 * @returns the delivery ids of what it still holds: not of what was stopped or repeated meanwhile, nor of what is for
 * somebody who may not be told of it any more
 */
export async function prolongPushes(
  pool: Pool,
  lease: Lease,
  pushes: readonly LeasedPush[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(pushes.map(({ notificationId }) => notificationId))];
  const statusOf = new Map(pushes.map((push) => [idOf(push), push.status]));
  const rows = await pool.session(async (connection) => {
    const [, held] = await Promise.all([
      connection.query(
        `UPDATE push_delivery FORCE INDEX (PRIMARY) SET dueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND
          WHERE notificationId IN (${placeholders(ids)}) AND leaseId = ? AND status IN ('pending', 'withdrawing')`,
        [lease.forMs * 1000, ...ids, lease.id],
      ),
      connection.query<Pick<LeasedPush, "notificationId" | "deviceId" | "status" | "round">[]>(
        `SELECT notificationId, deviceId, status, round FROM push_delivery AS push
          WHERE notificationId IN (${placeholders(ids)}) AND leaseId = ?
            AND (status = 'withdrawing' OR status = 'pending' AND ${mayStillRing})`,
        [...ids, lease.id],
      ),
    ]);
    return held;
  });
  return new Set(rows.flatMap((push) => (statusOf.get(idOf(push)) === push.status ? [idOf(push)] : [])));
}

function idOf({
  notificationId,
  deviceId,
  round,
}: Pick<LeasedPush, "notificationId" | "deviceId" | "round">): string {
  return deliveryIdOf(notificationId, deviceId, round);
}
