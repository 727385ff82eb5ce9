import type { NotificationChange, Sync, SyncInput } from "@tocsin/contracts/api/notifications";
import type { Pool } from "@tocsin/db/pool";
import { type Context, currentUserId } from "../context.ts";
import { toNotificationViews, viewColumns, type ViewRow } from "./notification-view.ts";

type ChangeRow = ViewRow & { notificationId: string; seq: number; deletedAt: Date | null };

/**
 * Every change of the caller's notifications after a change number, oldest first: the notification as it is now, or that
 * it is gone. Whoever has read up to `next` has missed nothing up to it. Whoever stayed away for so long that the inbox
 * has forgotten what was deleted meanwhile begins anew.
 */
export async function syncNotifications(ctx: Context, { after, limit }: SyncInput): Promise<Sync> {
  const userId = currentUserId(ctx);
  const rows = await loadChanges(ctx.pool, userId, { after, limit: limit + 1 });
  // After the changes were read: nothing can be forgotten between the two.
  const { lastSeq, prunedSeq } = await loadInbox(ctx.pool, userId);
  // Beyond the last number: the client knows another database than this one.
  if (after > 0 && (after < prunedSeq || after > lastSeq)) {
    return { reset: true, changes: [], next: 0, more: false };
  }
  const some = rows.slice(0, limit);
  const kept = some.filter(({ deletedAt }) => deletedAt === null);
  const views = new Map((await toNotificationViews(ctx.pool, kept)).map((view) => [view.id, view]));
  const changes = some.map(({ notificationId: id, seq }): NotificationChange => ({
    id,
    seq,
    notification: views.get(id) ?? null,
  }));
  return { reset: false, changes, next: changes.at(-1)?.seq ?? after, more: rows.length > limit };
}

async function loadChanges(pool: Pool, userId: string, { after, limit }: SyncInput): Promise<ChangeRow[]> {
  return pool.query<ChangeRow[]>(
    `SELECT ${viewColumns}, copy.notificationId, copy.deletedAt
       FROM (SELECT * FROM notification_recipient WHERE userId = ? AND seq > ? ORDER BY seq LIMIT ?) AS copy
       LEFT JOIN notification ON notification.id = copy.notificationId
      ORDER BY copy.seq`,
    [userId, after, limit],
  );
}

async function loadInbox(pool: Pool, userId: string): Promise<{ lastSeq: number; prunedSeq: number }> {
  const [inbox] = await pool.query<{ lastSeq: number; prunedSeq: number }[]>(
    "SELECT lastSeq, prunedSeq FROM user_inbox WHERE userId = ?",
    [userId],
  );
  return inbox ?? { lastSeq: 0, prunedSeq: 0 };
}
