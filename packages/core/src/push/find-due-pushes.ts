import type { Pool } from "@tocsin/db/pool";
import type { PushPlatform } from "@tocsin/contracts/channels";

/** How many notifications one pass wakes. */
const passRows = 1000;

/** A push notification has missed its wake-up when it is due for so long. Seconds. */
const graceSeconds = 2;

/** Notifications with push notifications whose wake-up was lost, or whose worker died with the lease. */
export async function findDuePushes(pool: Pool, platform: PushPlatform): Promise<string[]> {
  const rows = await pool.query<{ notificationId: string }[]>(
    `SELECT DISTINCT notificationId
       FROM (SELECT notificationId FROM push_delivery
              WHERE platform = ? AND dueAt < UTC_TIMESTAMP(3) - INTERVAL ? SECOND
              ORDER BY dueAt LIMIT ?) AS due`,
    [platform, graceSeconds, passRows],
  );
  return rows.map(({ notificationId }) => notificationId);
}
