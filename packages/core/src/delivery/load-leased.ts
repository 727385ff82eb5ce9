import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { PushPlatform } from "@tocsin/contracts/channels";
import { loadDevices } from "../push/load-devices.ts";
import type { ActiveDevice } from "../push/plan-pushes.ts";
import type { CopyPlace } from "./group-copies.ts";
import type { Lease } from "./lease.ts";
import { loadPendingRecipients, type PendingRecipient } from "./load-pending-recipients.ts";

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
  /** Those who have a copy, and may not be told of it any more. */
  excluded: CopyPlace[];
  /** Notifications that were acknowledged or resolved, or have expired: there is nothing to deliver any more. */
  overIds: string[];
  recipients: PendingRecipient[];
  /** Of the recipients, as far as they can be called. */
  devices: ActiveDevice[];
  /** This worker's claim to them. */
  lease: Lease;
}

/** Which notifications are taken, and by whom. */
export interface Claim {
  ids: readonly string[];
  lease: Lease;
  /** Whose push notifications can be sent. */
  pushPlatforms: readonly PushPlatform[];
}

type Row = LeasedDelivery & { isOver: number };

/** Reads those of the notifications that are under this lease, with one round trip. */
export async function loadLeased(
  db: Queryable,
  { ids, lease, pushPlatforms }: Claim,
): Promise<LeasedDeliveries> {
  const [rows, recipients, devices] = await Promise.all([
    loadRows(db, ids, lease.id),
    loadPendingRecipients(db, ids),
    loadDevices(db, pushPlatforms, ids),
  ]);
  const deliveries = rows.flatMap(({ isOver, ...delivery }) => (isOver ? [] : [delivery]));
  const taken = new Set(deliveries.map(({ id }) => id));
  const own = recipients.filter(({ notificationId }) => taken.has(notificationId));
  return {
    deliveries,
    overIds: rows.flatMap(({ id, isOver }) => (isOver ? [id] : [])),
    recipients: own.filter((recipient) => recipient.mayBeTold),
    excluded: own.filter((recipient) => !recipient.mayBeTold),
    devices,
    lease,
  };
}

async function loadRows(db: Queryable, ids: readonly string[], leaseId: string): Promise<Row[]> {
  return db.query<Row[]>(
    `SELECT notification.id, ruleId, eventId, kind, title, message, sound, priority, notification.createdAt,
            escalationLevel AS round, deliveryAttempts AS attempt, event.correlationId,
            (acknowledgedAt IS NOT NULL OR resolvedAt IS NOT NULL
             OR COALESCE(notification.expiresAt <= UTC_TIMESTAMP(3), FALSE)) AS isOver
       FROM notification LEFT JOIN event ON event.id = notification.eventId
      WHERE notification.id IN (${placeholders(ids)}) AND deliveryLease = ?
      ORDER BY notification.id`,
    [...ids, leaseId],
  );
}
