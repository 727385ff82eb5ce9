import { realtimeEvents, type RealtimeUnreadCount, userChannel } from "@tocsin/contracts/realtime";
import { chunks } from "@tocsin/db/chunks";
import type { Pool } from "@tocsin/db/pool";
import { placeholders } from "@tocsin/db/sql";
import type Pusher from "pusher";

/** Pusher's limit for one batch. */
const maximumBatch = 10;

/** Tells the screens of some people how many alerts they have not read. */
export async function tellUnreadCounts(
  { pool, pusher }: { pool: Pool; pusher: Pusher },
  { userIds }: { userIds: readonly string[] },
): Promise<void> {
  const rows = await pool.query<{ userId: string; unread: number }[]>(
    `SELECT userId, unread FROM user_inbox WHERE userId IN (${placeholders(userIds)})`,
    userIds,
  );
  const events = rows.map(({ userId, unread }) => ({
    channel: userChannel(userId),
    name: realtimeEvents.unreadCount,
    data: { count: unread } satisfies RealtimeUnreadCount,
  }));
  await Promise.all(chunks(events, maximumBatch).map((some) => pusher.triggerBatch(some)));
}
