import { type Pool, withPoolTransaction } from "@tocsin/db/pool";

/** Ends a delivery that failed too often. The notification stays in every inbox. */
export async function giveUpDelivery(pool: Pool, notificationId: string, errorCode: string): Promise<void> {
  await withPoolTransaction(pool, async (connection) => {
    await connection.query("UPDATE notification SET deliveryDueAt = NULL WHERE id = ?", [notificationId]);
    await connection.query(
      "UPDATE notification_recipient SET delivery = 'failed', errorCode = ? WHERE notificationId = ? AND delivery = 'pending'",
      [errorCode.slice(0, 100), notificationId],
    );
  });
}
