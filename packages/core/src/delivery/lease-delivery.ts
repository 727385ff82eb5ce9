import type { Pool } from "@tocsin/db/pool";

/**
 * How long a worker may take for a delivery before another one takes over: three rounds of calls that all time out.
 * Milliseconds.
 */
const leaseMs = 15_000;

/** A notification that this worker, and no other, is to deliver now. */
export interface LeasedDelivery {
  id: string;
  ruleId: string;
  eventId: string | null;
  kind: "alert" | "storm" | "digest" | "resolved" | "drill";
  title: string;
  sound: string | null;
  priority: number;
  createdAt: Date;
  /** The request that the event came with. */
  correlationId: string | null;
  /** Which try this is, from 1. */
  attempt: number;
}

/**
 * Takes a delivery that is due. Null where it is not: delivered, acknowledged, resolved, expired, or in another
 * worker's hands.
 */
export async function leaseDelivery(pool: Pool, notificationId: string): Promise<LeasedDelivery | null> {
  const { affectedRows } = await pool.query<{ affectedRows: number }>(
    `UPDATE notification
        SET deliveryDueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, deliveryAttempts = deliveryAttempts + 1
      WHERE id = ? AND deliveryDueAt <= UTC_TIMESTAMP(3)`,
    [leaseMs * 1000, notificationId],
  );
  if (affectedRows === 0) return null;
  const [row] = await pool.query<(LeasedDelivery & { isOver: number })[]>(
    `SELECT notification.id, ruleId, eventId, kind, title, sound, priority, createdAt, correlationId,
            deliveryAttempts AS attempt,
            (acknowledgedAt IS NOT NULL OR resolvedAt IS NOT NULL
             OR COALESCE(notification.expiresAt <= UTC_TIMESTAMP(3), FALSE)) AS isOver
       FROM notification LEFT JOIN event ON event.id = notification.eventId
      WHERE notification.id = ?`,
    [notificationId],
  );
  if (!row) return null;
  if (row.isOver) {
    await endDelivery(pool, notificationId);
    return null;
  }
  return row;
}

/** Nothing more is to be sent. */
export async function endDelivery(pool: Pool, notificationId: string): Promise<void> {
  await pool.query("UPDATE notification SET deliveryDueAt = NULL WHERE id = ?", [notificationId]);
}

/** Gives the lease back; due again after `delay` milliseconds. */
export async function postponeDelivery(pool: Pool, notificationId: string, delay: number): Promise<void> {
  await pool.query(
    "UPDATE notification SET deliveryDueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND WHERE id = ? AND deliveryDueAt IS NOT NULL",
    [delay * 1000, notificationId],
  );
}
