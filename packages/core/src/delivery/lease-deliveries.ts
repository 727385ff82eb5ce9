import { type Pool, type Queryable, withPoolTransaction } from "@tocsin/db/pool";
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

type Row = Omit<LeasedDelivery, "correlationId"> & { isOver: number };

/**
 * Takes those of the deliveries that are due. Left out is what is delivered, acknowledged, resolved, expired, or in
 * another worker's hands. Waits for rows that somebody else has locked: what is passed over, nobody wakes again soon.
 * By the primary key, so that no other rows are locked: by the time at which they are due it would also wait for alerts
 * that are just being made.
 */
export async function leaseDeliveries(pool: Pool, ids: readonly string[]): Promise<LeasedDelivery[]> {
  const rows = await withPoolTransaction(pool, async (connection) => {
    const due = await connection.query<Row[]>(
      `SELECT id, ruleId, eventId, kind, title, message, sound, priority, createdAt, escalationLevel AS round,
              deliveryAttempts + 1 AS attempt,
              (acknowledgedAt IS NOT NULL OR resolvedAt IS NOT NULL
               OR COALESCE(expiresAt <= UTC_TIMESTAMP(3), FALSE)) AS isOver
         FROM notification FORCE INDEX (PRIMARY) WHERE id IN (${placeholders(ids)}) AND deliveryDueAt <= UTC_TIMESTAMP(3)
        ORDER BY id FOR UPDATE`,
      ids,
    );
    const over = due.filter(({ isOver }) => isOver);
    const open = due.filter(({ isOver }) => !isOver);
    await end(connection, over);
    await lease(connection, open);
    return open;
  });
  return addCorrelation(pool, rows);
}

async function end(connection: Queryable, some: readonly Row[]): Promise<void> {
  if (some.length === 0) return;
  await connection.query(
    `UPDATE notification SET deliveryDueAt = NULL WHERE id IN (${placeholders(some)})`,
    some.map(({ id }) => id),
  );
}

async function lease(connection: Queryable, some: readonly Row[]): Promise<void> {
  if (some.length === 0) return;
  await connection.query(
    `UPDATE notification
        SET deliveryDueAt = UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, deliveryAttempts = deliveryAttempts + 1
      WHERE id IN (${placeholders(some)})`,
    [leaseMs * 1000, ...some.map(({ id }) => id)],
  );
}

async function addCorrelation(pool: Pool, rows: readonly Row[]): Promise<LeasedDelivery[]> {
  const eventIds = [...new Set(rows.flatMap(({ eventId }) => eventId ?? []))];
  const events =
    eventIds.length === 0
      ? []
      : await pool.query<{ id: string; correlationId: string | null }[]>(
          `SELECT id, correlationId FROM event WHERE id IN (${placeholders(eventIds)})`,
          eventIds,
        );
  const correlationIds = new Map(events.map(({ id, correlationId }) => [id, correlationId]));
  return rows.map(({ isOver: _isOver, ...row }) => ({
    ...row,
    correlationId: correlationIds.get(row.eventId ?? "") ?? null,
  }));
}
