import type { Pool } from "@tocsin/db/pool";
import { chunks } from "@tocsin/db/chunks";
import type { Logger } from "@tocsin/platform/logger";
import type { PushPlatform } from "@tocsin/contracts/channels";
import type { WakeUps } from "@tocsin/platform/wake-ups";
import type { Redis } from "ioredis";
import type { LeasedDelivery } from "../delivery/load-leased.ts";
import type { PendingRecipient } from "../delivery/load-pending-recipients.ts";
import { findPresent } from "../presence/find-present.ts";
import { type ActiveDevice, planPushes, type PlannedPush } from "./plan-pushes.ts";

/** The most rows of one INSERT. */
const chunkRows = 1000;

export interface PushPlanServices {
  pool: Pool;
  redis: Redis;
  log: Logger;
  clock: () => Date;
  wakeUps: WakeUps;
  /** Whose push notifications can be sent. */
  pushPlatforms: readonly PushPlatform[];
  /** How long a screen has to show an alert before it is pushed to the phone. Milliseconds. */
  pushFallbackMs: number;
}

/**
 * Writes down which push notifications are due when, for everyone who is to be interrupted, and wakes those that are
 * due. Before any screen is called: a slow Pusher keeps no phone waiting.
 */
export async function createPushes(
  services: PushPlanServices,
  deliveries: readonly LeasedDelivery[],
  recipients: readonly PendingRecipient[],
  devices: readonly ActiveDevice[],
): Promise<void> {
  if (devices.length === 0) return;
  const alerts = new Map(deliveries.map((delivery) => [delivery.id, delivery]));
  const interrupted = recipients.flatMap(({ userId, notificationId, heldReason }) => {
    const alert = alerts.get(notificationId);
    return alert && heldReason === null ? [{ userId, alert }] : [];
  });
  const present = await findPresent(services, [...new Set(devices.map(({ userId }) => userId))]);
  const pushes = planPushes(interrupted, devices, present, services.pushFallbackMs);
  for (const some of chunks(pushes, chunkRows)) await insert(services.pool, some);
  await wake(services.wakeUps, pushes);
}

/** A push that is there already is left as it is, unless the alert is repeated. */
async function insert(pool: Pool, pushes: readonly PlannedPush[]): Promise<void> {
  await pool.query(
    `INSERT INTO push_delivery (notificationId, deviceId, userId, platform, dueAt, round)
     VALUES ${pushes.map(() => "(?, ?, ?, ?, UTC_TIMESTAMP(3) + INTERVAL ? MICROSECOND, ?)").join(", ")}
     ON DUPLICATE KEY UPDATE
       status = IF(VALUES(round) > round, 'pending', status),
       dueAt = IF(VALUES(round) > round, VALUES(dueAt), dueAt),
       attempts = IF(VALUES(round) > round, 0, attempts),
       leaseId = IF(VALUES(round) > round, NULL, leaseId),
       round = GREATEST(round, VALUES(round))`,
    pushes.flatMap(({ notificationId, deviceId, userId, platform, waitMs, round }) => [
      notificationId,
      deviceId,
      userId,
      platform,
      waitMs * 1000,
      round,
    ]),
  );
}

async function wake(wakeUps: WakeUps, pushes: readonly PlannedPush[]): Promise<void> {
  const groups = [...Map.groupBy(pushes, ({ platform, waitMs }) => `${platform}:${waitMs}`).values()];
  await Promise.all(
    groups.flatMap((group) => {
      const [first] = group;
      const ids = [...new Set(group.map(({ notificationId }) => notificationId))];
      return first ? [wakeUps.push(first.platform, ids, { delay: first.waitMs })] : [];
    }),
  );
}
