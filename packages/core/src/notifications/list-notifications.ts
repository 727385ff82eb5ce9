import type { Page } from "@tocsin/contracts/api/common";
import type { ListNotificationsInput, NotificationView } from "@tocsin/contracts/api/notifications";
import type { Prisma } from "@tocsin/db/client";
import { type Context, currentUserId } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { toNotificationViews } from "./notification-view.ts";

const statusFilter = {
  unread: { readAt: null, archivedAt: null },
  read: { readAt: { not: null }, archivedAt: null },
  acknowledged: { acknowledgedAt: { not: null }, archivedAt: null },
  archived: { archivedAt: { not: null } },
} as const satisfies Record<
  NonNullable<ListNotificationsInput["status"]>,
  Prisma.NotificationRecipientWhereInput
>;

/** A page of the caller's notifications, newest first. */
export async function listNotifications(
  ctx: Context,
  input: ListNotificationsInput,
): Promise<Page<NotificationView>> {
  const filter: Prisma.NotificationRecipientWhereInput = {
    userId: currentUserId(ctx),
    deletedAt: null,
    ...(input.status ? statusFilter[input.status] : { archivedAt: null }),
  };
  const before = cursorId(input.cursor);
  const [copies, total] = await Promise.all([
    ctx.db.notificationRecipient.findMany({
      where: { ...filter, ...(before && { notificationId: { lt: before } }) },
      orderBy: { notificationId: "desc" },
      skip: offsetOf(input),
      take: input.limit + 1,
    }),
    before ? undefined : ctx.db.notificationRecipient.count({ where: filter }),
  ]);
  return toPage(await toNotificationViews(ctx.db, copies), input, total);
}
