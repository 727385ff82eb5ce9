import { type Context, currentUserId } from "../context.ts";

/** How many notifications the caller has not read: one row, however many there are. */
export async function countUnread(ctx: Context): Promise<{ count: number }> {
  const [inbox] = await ctx.pool.query<{ unread: number }[]>(
    "SELECT unread FROM user_inbox WHERE userId = ?",
    [currentUserId(ctx)],
  );
  return { count: inbox?.unread ?? 0 };
}
