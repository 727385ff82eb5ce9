import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";

/** There is nothing to deliver of these any more. */
export async function endDeliveries(pool: Pool, notificationIds: readonly string[]): Promise<void> {
  if (notificationIds.length === 0) return;
  await pool.query(
    `UPDATE notification SET deliveryDueAt = NULL WHERE id IN (${placeholders(notificationIds)})`,
    notificationIds,
  );
}
