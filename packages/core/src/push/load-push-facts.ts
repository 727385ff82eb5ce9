import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import { type DeviceProof, deviceProof } from "../devices/device-proof.ts";
import type { LeasedDelivery } from "../delivery/load-leased.ts";
import { mayBeTold } from "../delivery/may-be-told.ts";
import type { LeasedPush } from "./lease-pushes.ts";

/** The device of a push notification; one that was ended is none. */
export interface PushDevice {
  id: string;
  /** Whose it is by now. */
  userId: string;
  token: string;
  environment: "production" | "sandbox";
  topic: string | null;
  /** Whether its app has to prove itself again: it is told that there is an alert, and not what it says. */
  isUnproven: boolean;
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
  /** Who may be told of which notification now, and has not ended it for themselves, by {@link tellingOf}. */
  mayBeTold: ReadonlySet<string>;
  devices: ReadonlyMap<string, PushDevice>;
  alerts: ReadonlyMap<string, PushAlert>;
}

/** Names one person and one notification. */
export function tellingOf({ notificationId, userId }: { notificationId: string; userId: string }): string {
  return `${notificationId}:${userId}`;
}

/** The devices that are in use, the alerts, and who may still be told of them, of some push notifications. */
export async function loadPushFacts(pool: Pool, pushes: readonly LeasedPush[]): Promise<PushFacts> {
  const deviceIds = [...new Set(pushes.map(({ deviceId }) => deviceId))];
  const notificationIds = [...new Set(pushes.map(({ notificationId }) => notificationId))];
  const userIds = [...new Set(pushes.map(({ userId }) => userId))];
  const [devices, alerts, copies] = await Promise.all([
    pool.query<(Omit<PushDevice, "isUnproven"> & { proof: DeviceProof })[]>(
      `SELECT id, userId, token, environment, topic, lastSeenAt, ${deviceProof} AS proof FROM device
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
    pool.query<{ notificationId: string; userId: string }[]>(
      `SELECT copy.notificationId, copy.userId
         FROM notification_recipient AS copy JOIN notification ON notification.id = copy.notificationId
        WHERE copy.notificationId IN (${placeholders(notificationIds)})
          AND copy.userId IN (${placeholders(userIds)})
          AND copy.acknowledgedAt IS NULL AND copy.deletedAt IS NULL AND ${mayBeTold("copy.userId")}`,
      [...notificationIds, ...userIds],
    ),
  ]);
  return {
    mayBeTold: new Set(copies.map(tellingOf)),
    devices: new Map(
      devices.flatMap(({ proof, ...device }) =>
        proof === "ended" ? [] : [[device.id, { ...device, isUnproven: proof === "unproven" }]],
      ),
    ),
    alerts: new Map(alerts.map((alert) => [alert.id, alert])),
  };
}
