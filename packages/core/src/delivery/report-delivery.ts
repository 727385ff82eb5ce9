import {
  type DeliveryReport,
  type DeliveryReportInput,
  maximumReportedRecipients,
} from "@tocsin/contracts/api/delivery-reports";
import { DomainError } from "@tocsin/contracts/errors";
import type { Context } from "../context.ts";
import { loadRecipientReports } from "./load-recipient-reports.ts";

/**
 * Whom a notification reached, when and how.
 * @param kind only a notification of this kind is found
 * @throws DomainError NOTIFICATION_NOT_FOUND
 */
export async function reportDelivery(
  ctx: Context,
  { id: notificationId, after = "" }: DeliveryReportInput,
  kind?: "drill",
): Promise<DeliveryReport> {
  const notification = await ctx.db.notification.findUnique({
    where: { id: notificationId, ...(kind && { kind }) },
    select: { kind: true, createdAt: true, recipientCount: true },
  });
  if (!notification) throw new DomainError("NOTIFICATION_NOT_FOUND");
  const [counts, copies] = await Promise.all([
    countReached(ctx, notificationId),
    ctx.db.notificationRecipient.findMany({
      where: { notificationId, userId: { gt: after } },
      orderBy: { userId: "asc" },
      take: maximumReportedRecipients + 1,
    }),
  ]);
  const some = copies.slice(0, maximumReportedRecipients);
  const hasMore = copies.length > some.length;
  return {
    notificationId,
    kind: notification.kind,
    createdAt: notification.createdAt.toISOString(),
    recipientCount: notification.recipientCount,
    ...counts,
    recipients: await loadRecipientReports(ctx.db, notificationId, some),
    nextAfter: hasMore ? (some.at(-1)?.userId ?? null) : null,
  };
}

async function countReached(
  { pool }: Context,
  notificationId: string,
): Promise<Pick<DeliveryReport, "reached" | "displayed" | "acknowledged">> {
  const [counts] = await pool.query<{ reached: number; displayed: number; acknowledged: number }[]>(
    `SELECT COUNT(deliveredAt) AS reached, COUNT(seenAt) AS displayed, COUNT(acknowledgedAt) AS acknowledged
       FROM notification_recipient WHERE notificationId = ?`,
    [notificationId],
  );
  return counts ?? { reached: 0, displayed: 0, acknowledged: 0 };
}
