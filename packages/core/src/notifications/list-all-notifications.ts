import type { Page } from "@tocsin/contracts/api/common";
import {
  type ListNotificationsInput,
  maximumNotificationTotal,
  type NotificationView,
} from "@tocsin/contracts/api/notifications";
import { invalidAt } from "@tocsin/contracts/validation-failed";
import type { Pool } from "@tocsin/db/pool";
import { type Context, currentUserId, requirePermission } from "../context.ts";
import { cursorPlace, instantCursor, type InstantPlace, offsetOf, toPageBy } from "../paging.ts";
import { type Condition, fieldConditions, joinConditions, timeConditions } from "./inbox-filter.ts";
import { toNotificationViews, viewColumns, type ViewRow } from "./notification-view.ts";

/**
 * A page of everyone's notifications, newest first: one line for each, with what the caller did with it where the
 * caller was alerted too. Every filter has an index of its own, hence only one at a time beside the time.
 * @throws DomainError VALIDATION_FAILED, UNAUTHORIZED_ROLE
 */
export async function listAllNotifications(
  ctx: Context,
  input: ListNotificationsInput,
): Promise<Page<NotificationView>> {
  requirePermission(ctx, "notifications:read-all");
  refuseUnservedFilters(input);
  const [rows, total] = await Promise.all([
    loadPage(ctx.pool, currentUserId(ctx), input),
    input.cursor === undefined ? countAll(ctx.pool, input) : undefined,
  ]);
  return toPageBy(await toNotificationViews(ctx.pool, rows), input, total, ({ createdAt, id }) =>
    instantCursor({ timestamp: createdAt, id }),
  );
}

function refuseUnservedFilters(input: ListNotificationsInput): void {
  if (input.status !== undefined) {
    throw invalidAt(
      ["status"],
      "Tells of one's own copies: leave it out with scope=all",
      "not_with_scope_all",
    );
  }
  const given = (["ruleId", "kind", "priority", "priorityAtMost"] as const).filter(
    (name) => input[name] !== undefined,
  );
  const [, second] = given;
  if (second === undefined) return;
  throw invalidAt(
    [second],
    `Not together with ${given[0]} with scope=all: give one of them`,
    "not_with_scope_all",
  );
}

async function loadPage(pool: Pool, userId: string, input: ListNotificationsInput): Promise<ViewRow[]> {
  const [take, skip] = [input.limit + 1, offsetOf(input)];
  const place = input.cursor === undefined ? [] : [behind(cursorPlace(input.cursor))];
  const { sql, values } = unionOf(input, place, take + skip);
  return pool.query<ViewRow[]>(
    `SELECT ${viewColumns}
       FROM (SELECT id FROM (${sql}) AS found ORDER BY createdAt DESC, id DESC LIMIT ? OFFSET ?) AS page
       JOIN notification ON notification.id = page.id
       LEFT JOIN notification_recipient AS copy
         ON copy.userId = ? AND copy.notificationId = notification.id AND copy.deletedAt IS NULL
      ORDER BY notification.createdAt DESC, notification.id DESC`,
    [...values, take, skip, userId],
  );
}

/** The first condition lets an index start there. */
function behind({ timestamp, id }: InstantPlace): Condition {
  return {
    sql: "createdAt <= ? AND (createdAt < ? OR id < ?)",
    values: [timestamp, timestamp, id],
  };
}

/** The first of those asked for. Several priorities are read one by one, each in its order by its index. */
function unionOf(input: ListNotificationsInput, place: readonly Condition[], limit: number): Condition {
  const { priorityAtMost, ...others } = input;
  const alternatives =
    priorityAtMost === undefined
      ? [others]
      : Array.from({ length: priorityAtMost }, (_, index) => ({ ...others, priority: index + 1 }));
  const parts = alternatives.map((one) => {
    const { sql, values } = joinConditions([...fieldConditions(one), ...timeConditions(one), ...place]);
    return {
      sql: `(SELECT id, createdAt FROM notification WHERE ${sql} ORDER BY createdAt DESC, id DESC LIMIT ?)`,
      values: [...values, limit],
    };
  });
  return {
    sql: parts.map(({ sql }) => sql).join(" UNION ALL "),
    values: parts.flatMap(({ values }) => values),
  };
}

async function countAll(pool: Pool, input: ListNotificationsInput): Promise<number> {
  const { sql, values } = joinConditions([...fieldConditions(input), ...timeConditions(input)]);
  const [row] = await pool.query<{ total: number }[]>(
    `SELECT COUNT(*) AS total FROM (SELECT 1 FROM notification WHERE ${sql} LIMIT ?) AS some`,
    [...values, maximumNotificationTotal],
  );
  return row?.total ?? 0;
}
