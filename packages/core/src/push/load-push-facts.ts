import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { LeasedDelivery } from "../delivery/load-leased.ts";
import type { LeasedPush } from "./lease-pushes.ts";

/** The device of a push notification. */
export interface PushDevice {
  id: string;
  /** Whose it is by now. */
  userId: string;
  token: string;
  environment: "production" | "sandbox";
  topic: string | null;
  /** When it last told of itself: what a provider learned before does not count against it. */
  lastSeenAt: Date;
}

/** What a push notification says. */
export interface PushAlert extends Omit<LeasedDelivery, "attempt"> {
  isResolved: number;
  isAcknowledged: number;
  isExpired: number;
}

export interface PushFacts {
  devices: ReadonlyMap<string, PushDevice>;
  alerts: ReadonlyMap<string, PushAlert>;
}

/** The devices that are in use, and the alerts, of some push notifications. */
export async function loadPushFacts(pool: Pool, pushes: readonly LeasedPush[]): Promise<PushFacts> {
  const deviceIds = [...new Set(pushes.map(({ deviceId }) => deviceId))];
  const notificationIds = [...new Set(pushes.map(({ notificationId }) => notificationId))];
  const [devices, alerts] = await Promise.all([
    pool.query<PushDevice[]>(
      `SELECT id, userId, token, environment, topic, lastSeenAt FROM device
        WHERE id IN (${placeholders(deviceIds)}) AND disabledAt IS NULL`,
      deviceIds,
    ),
    pool.query<PushAlert[]>(
      `SELECT notification.id, ruleId, eventId, kind, title, message, sound, priority, notification.createdAt,
              escalationLevel AS round, event.correlationId,
              resolvedAt IS NOT NULL AS isResolved, acknowledgedAt IS NOT NULL AS isAcknowledged,
              COALESCE(notification.expiresAt <= UTC_TIMESTAMP(3), FALSE) AS isExpired
         FROM notification LEFT JOIN event ON event.id = notification.eventId
        WHERE notification.id IN (${placeholders(notificationIds)})`,
      notificationIds,
    ),
  ]);
  return {
    devices: new Map(devices.map((device) => [device.id, device])),
    alerts: new Map(alerts.map((alert) => [alert.id, alert])),
  };
}
