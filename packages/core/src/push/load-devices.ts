import type { Queryable } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type { PushPlatform } from "@tocsin/contracts/channels";
import { arePending } from "../delivery/load-pending-recipients.ts";
import type { ActiveDevice } from "./plan-pushes.ts";

/** The phones of those who are still to be told of the notifications, as far as they can be called. */
export async function loadDevices(
  db: Queryable,
  pushPlatforms: readonly PushPlatform[],
  notificationIds: readonly string[],
): Promise<ActiveDevice[]> {
  if (pushPlatforms.length === 0) return [];
  return db.query<ActiveDevice[]>(
    `SELECT DISTINCT device.id, device.userId, device.platform
       FROM notification_recipient AS copy JOIN device ON device.userId = copy.userId
      WHERE ${arePending(notificationIds)}
        AND disabledAt IS NULL AND platform IN (${placeholders(pushPlatforms)})
      ORDER BY device.userId, device.id`,
    [...notificationIds, ...pushPlatforms],
  );
}
