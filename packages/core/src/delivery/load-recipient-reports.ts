import type { ReportedRecipient } from "@tocsin/contracts/api/delivery-reports";
import type { Database, NotificationRecipient } from "@tocsin/db/client";

/** How a notification reached the people of these copies, in the order given. One query, however many there are. */
export async function loadRecipientReports(
  db: Pick<Database, "pushDelivery">,
  notificationId: string,
  copies: readonly NotificationRecipient[],
): Promise<ReportedRecipient[]> {
  const pushes = await db.pushDelivery.findMany({
    where: { notificationId, userId: { in: copies.map(({ userId }) => userId) } },
    orderBy: { deviceId: "asc" },
  });
  const pushesOf = Map.groupBy(pushes, ({ userId }) => userId);
  return copies.map((copy) => ({
    userId: copy.userId,
    screen: copy.delivery,
    heldReason: copy.heldReason,
    reachedAt: copy.deliveredAt?.toISOString() ?? null,
    receivedAt: copy.receivedAt?.toISOString() ?? null,
    displayedAt: copy.seenAt?.toISOString() ?? null,
    soundedAt: copy.soundedAt?.toISOString() ?? null,
    readAt: copy.readAt?.toISOString() ?? null,
    acknowledgedAt: copy.acknowledgedAt?.toISOString() ?? null,
    devices: (pushesOf.get(copy.userId) ?? []).map((push) => ({
      deviceId: push.deviceId,
      platform: push.platform,
      status: push.status,
      attempts: push.attempts,
      sentAt: push.sentAt?.toISOString() ?? null,
      errorCode: push.errorCode,
    })),
  }));
}
