import type { Page } from "@tocsin/contracts/api/common";
import {
  type ListNotificationsInput,
  maximumNotificationTotal,
  type NotificationView,
} from "@tocsin/contracts/api/notifications";
import type { Pool } from "@tocsin/db/pool";
import { type Context, currentUserId } from "../context.ts";
import { cursorId, offsetOf, toPage } from "../paging.ts";
import { copyCondition, isNarrowed, joinConditions } from "./inbox-filter.ts";
import { toNotificationViews, viewColumns, type ViewRow } from "./notification-view.ts";

/**
 * A page of the caller's notifications, newest first. The page is found among the caller's copies alone, in the order
 * that they are kept in; only what it shows is joined.
 * @throws DomainError VALIDATION_FAILED where the cursor is not one of ours
 */
export async function listOwnNotifications(
  ctx: Context,
  input: ListNotificationsInput,
): Promise<Page<NotificationView>> {
  const userId = currentUserId(ctx);
  const before = cursorId(input.cursor);
  const [rows, total] = await Promise.all([
    loadPage(ctx.pool, userId, input, before),
    before === undefined ? countOwn(ctx.pool, userId, input) : undefined,
  ]);
  return toPage(await toNotificationViews(ctx.pool, rows), input, total);
}

async function loadPage(
  pool: Pool,
  userId: string,
  input: ListNotificationsInput,
  before: string | undefined,
): Promise<ViewRow[]> {
  const { sql, values } = joinConditions([
    copyCondition(userId, input),
    ...(before === undefined ? [] : [{ sql: "notificationId < ?", values: [before] }]),
  ]);
  return pool.query<ViewRow[]>(
    `SELECT ${viewColumns}
       FROM (SELECT * FROM notification_recipient WHERE ${sql}
              ORDER BY notificationId DESC LIMIT ? OFFSET ?) AS copy
       JOIN notification ON notification.id = copy.notificationId
      ORDER BY copy.notificationId DESC`,
    [...values, input.limit + 1, offsetOf(input)],
  );
}

/** The numbers that every inbox keeps. */
const counts = {
  unread: "unread",
  read: "listed - unread",
  acknowledged: "acknowledged",
  archived: "archived",
} as const satisfies Record<NonNullable<ListNotificationsInput["status"]>, string>;

async function countOwn(pool: Pool, userId: string, input: ListNotificationsInput): Promise<number> {
  if (!isNarrowed(input)) {
    const count = input.status === undefined ? "listed" : counts[input.status];
    const [inbox] = await pool.query<{ total: number }[]>(
      `SELECT ${count} AS total FROM user_inbox WHERE userId = ?`,
      [userId],
    );
    return inbox?.total ?? 0;
  }
  const { sql, values } = copyCondition(userId, input);
  const [row] = await pool.query<{ total: number }[]>(
    `SELECT COUNT(*) AS total FROM (SELECT 1 FROM notification_recipient WHERE ${sql} LIMIT ?) AS some`,
    [...values, maximumNotificationTotal],
  );
  return row?.total ?? 0;
}
