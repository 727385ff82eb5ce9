import { newId } from "@tocsin/db/ids";
import type { Pool, Queryable } from "@tocsin/db/pool";
import { retryTransaction, TRANSACTION_ATTEMPTS } from "@tocsin/db/retry";
import { placeholders } from "@tocsin/db/sql";
import type { PushPlatform } from "@tocsin/platform/wake-ups";
import { loadDevices } from "../push/load-devices.ts";
import type { ActiveDevice } from "../push/plan-pushes.ts";
import { loadPendingRecipients, type PendingRecipient } from "./load-pending-recipients.ts";

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

/** Deliveries with all that is known of those whom they are for. */
export interface LeasedDeliveries {
  deliveries: LeasedDelivery[];
  recipients: PendingRecipient[];
  /** Of the recipients, as far as they can be called. */
  devices: ActiveDevice[];
}

type Row = LeasedDelivery & { isOver: number };

/**
 * Takes those of the deliveries that are due, marked by a lease of their own, with one round trip. Left out is what is
 * delivered, acknowledged, resolved, expired, or in another worker's hands. Waits for rows that somebody else has
 * locked: what is passed over, nobody wakes again soon.
 */
export async function leaseDeliveries(
  { pool, pushPlatforms }: { pool: Pool; pushPlatforms: readonly PushPlatform[] },
  ids: readonly string[],
): Promise<LeasedDeliveries> {
  const lease = newId();
  const [, rows, recipients, devices] = await retryTransaction(TRANSACTION_ATTEMPTS, () =>
    pool.session((connection) =>
      Promise.all([
        take(connection, ids, lease),
        read(connection, ids, lease),
        loadPendingRecipients(connection, ids),
        loadDevices(connection, pushPlatforms, ids),
      ]),
    ),
  );
  await end(
    pool,
    rows.filter(({ isOver }) => isOver),
  );
  const deliveries = rows.flatMap(({ isOver, ...delivery }) => (isOver ? [] : [delivery]));
  const taken = new Set(deliveries.map(({ id }) => id));
  return {
    deliveries,
    recipients: recipients.filter(({ notificationId }) => taken.has(notificationId)),
    devices,
  };
}

/**
 * By the primary key, so that no other rows are locked: by the time at which they are due it would also wait for alerts
 * that are just being made.
 */
async function take(db: Queryable, ids: readonly string[], lease: string): Promise<void> {
  await db.query(
    `UPDATE notification FORCE INDEX (PRIMARY)
        SET deliveryLease = ?, deliveryDueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND,
            deliveryAttempts = deliveryAttempts + 1
      WHERE id IN (${placeholders(ids)}) AND deliveryDueAt <= UTC_TIMESTAMP(3)`,
    [lease, leaseMs * 1000, ...ids],
  );
}

async function read(db: Queryable, ids: readonly string[], lease: string): Promise<Row[]> {
  return db.query<Row[]>(
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
