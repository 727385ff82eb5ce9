import type { NotificationChange, Sync, SyncInput } from "@tocsin/contracts/api/notifications";
import type { Pool } from "@tocsin/db/pool";
import { type Context, currentUserId } from "../context.ts";
import { toNotificationViews, viewColumns, type ViewRow } from "./notification-view.ts";

const startAnew = (epoch: string): Sync => ({ reset: true, epoch, changes: [], next: 0, more: false });

/**
 * Every change of the caller's notifications after a change number, oldest first: the notification as it is now, or that
 * it is gone. Whoever has read up to `next` has missed nothing up to it. Whoever stayed away for so long that the inbox
 * has forgotten what was deleted meanwhile begins anew, and so does whoever comes from another epoch. Where nothing is new, which is most often, one row tells.
 */
export async function syncNotifications(ctx: Context, { after, limit, ...known }: SyncInput): Promise<Sync> {
  const userId = currentUserId(ctx);
  const { lastSeq, epoch } = await loadInbox(ctx.pool, userId);
  // Beyond the last number: the client knows another life of this database, and is too old to say which.
  if (after > lastSeq || (known.epoch !== undefined && known.epoch !== epoch)) return startAnew(epoch);
  if (after === lastSeq) return { reset: false, epoch, changes: [], next: after, more: false };
  const rows = await loadChanges(ctx.pool, userId, { after, limit: limit + 1 });
  // As of the moment when the changes were read: nothing can be forgotten between the two.
  const { prunedSeq } = rows[0] ?? (await loadInbox(ctx.pool, userId));
  if (after > 0 && after < prunedSeq) return startAnew(epoch);
  const some = rows.slice(0, limit);
  const kept = some.filter((row): row is KeptRow => row.id !== null && row.deletedAt === null);
  const views = new Map((await toNotificationViews(ctx.pool, kept)).map((view) => [view.id, view]));
  const changes = some.map(({ notificationId: id, seq }): NotificationChange => ({
    id,
    seq,
    notification: views.get(id) ?? null,
  }));
  return { reset: false, epoch, changes, next: changes.at(-1)?.seq ?? after, more: rows.length > limit };
}

/** A change; `id` is null where the notification is gone. */
type ChangeRow = Omit<ViewRow, "id"> & {
  id: string | null;
  notificationId: string;
  seq: number;
  deletedAt: Date | null;
  prunedSeq: number;
};

type KeptRow = ChangeRow & { id: string };

async function loadChanges(
  pool: Pool,
  userId: string,
  { after, limit }: Omit<SyncInput, "epoch">,
): Promise<ChangeRow[]> {
  return pool.query<ChangeRow[]>(
    `SELECT ${viewColumns}, copy.notificationId, copy.deletedAt,
            (SELECT prunedSeq FROM user_inbox WHERE userId = ?) AS prunedSeq
       FROM (SELECT * FROM notification_recipient WHERE userId = ? AND seq > ? ORDER BY seq LIMIT ?) AS copy
       LEFT JOIN notification ON notification.id = copy.notificationId
      ORDER BY copy.seq`,
    [userId, userId, after, limit],
  );
}

interface InboxState {
  lastSeq: number;
  prunedSeq: number;
  epoch: string;
}

async function loadInbox(pool: Pool, userId: string): Promise<InboxState> {
  const [inbox] = await pool.query<InboxState[]>(
    `SELECT COALESCE(lastSeq, 0) AS lastSeq, COALESCE(prunedSeq, 0) AS prunedSeq, epoch
       FROM sync_epoch LEFT JOIN user_inbox ON userId = ?
      WHERE sync_epoch.id = 1`,
    [userId],
  );
  if (!inbox) throw new Error("The table sync_epoch is empty: a migration puts its row there");
  return inbox;
}
