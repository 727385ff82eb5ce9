import { newId } from "@tocsin/db/ids";
import type { Pool } from "@tocsin/db/pool";
import { retryTransaction, TRANSACTION_ATTEMPTS } from "@tocsin/db/retry";
import { placeholders } from "@tocsin/db/sql";

/** How long a worker may take for its deliveries before another one takes them over. Milliseconds. */
const leaseMs = 30_000;

/** A notification that this worker, and no other, is to deliver now. */
export interface LeasedDelivery {
  id: string;
  ruleId: string | null;
  eventId: string | null;
  kind: "alert" | "storm" | "digest" | "resolved" | "drill";
  title: string;
  message: string;
  sound: string | null;
  priority: number;
  createdAt: Date;
  /** How often the alert was repeated before. */
  round: number;
  /** The request that the event came with. */
  correlationId: string | null;
  /** Which try this is, from 1. */
  attempt: number;
}

type Row = LeasedDelivery & { isOver: number };

/**
 * Takes those of the deliveries that are due, marked by a lease of their own. Left out is what is delivered,
 * acknowledged, resolved, expired, or in another worker's hands. Waits for rows that somebody else has locked: what is
 * passed over, nobody wakes again soon.
 */
export async function leaseDeliveries(pool: Pool, ids: readonly string[]): Promise<LeasedDelivery[]> {
  const lease = newId();
  const taken = await retryTransaction(TRANSACTION_ATTEMPTS, () => take(pool, ids, lease));
  if (taken === 0) return [];
  const rows = await read(pool, ids, lease);
  await end(
    pool,
    rows.filter(({ isOver }) => isOver),
  );
  return rows.flatMap(({ isOver, ...delivery }) => (isOver ? [] : [delivery]));
}

/**
 * By the primary key, so that no other rows are locked: by the time at which they are due it would also wait for alerts
 * that are just being made.
 */
async function take(pool: Pool, ids: readonly string[], lease: string): Promise<number> {
  const { affectedRows } = await pool.query<{ affectedRows: number }>(
    `UPDATE notification FORCE INDEX (PRIMARY)
        SET deliveryLease = ?, deliveryDueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND,
            deliveryAttempts = deliveryAttempts + 1
      WHERE id IN (${placeholders(ids)}) AND deliveryDueAt <= UTC_TIMESTAMP(3)`,
    [lease, leaseMs * 1000, ...ids],
  );
  return affectedRows;
}

async function read(pool: Pool, ids: readonly string[], lease: string): Promise<Row[]> {
  return pool.query<Row[]>(
    `SELECT notification.id, ruleId, eventId, kind, title, message, sound, priority, notification.createdAt,
            escalationLevel AS round, deliveryAttempts AS attempt, event.correlationId,
            (acknowledgedAt IS NOT NULL OR resolvedAt IS NOT NULL
             OR COALESCE(notification.expiresAt <= UTC_TIMESTAMP(3), FALSE)) AS isOver
       FROM notification LEFT JOIN event ON event.id = notification.eventId
      WHERE notification.id IN (${placeholders(ids)}) AND deliveryLease = ?
      ORDER BY notification.id`,
    [...ids, lease],
  );
}

async function end(pool: Pool, some: readonly Row[]): Promise<void> {
  if (some.length === 0) return;
  await pool.query(
    `UPDATE notification SET deliveryDueAt = NULL WHERE id IN (${placeholders(some)})`,
    some.map(({ id }) => id),
  );
}
