import { type Context, currentUserId } from "../context.ts";
import { wakePushes } from "../push/wake-pushes.ts";

/** What the caller did with some notifications. */
interface Done {
  changed: readonly string[];
  /** Those that are over for everybody by it. */
  ended: readonly string[];
  /** The caller's phones are to take some away, or need not ring any more. */
  hasStoppedPushes: boolean;
}

/**
 * What follows at once from what the caller did with notifications: their other screens count anew, and screens and
 * phones take them away. Without the last a sweep would, a moment later.
 */
export async function wakeAfterChange(
  ctx: Context,
  { changed, ended, hasStoppedPushes }: Done,
): Promise<void> {
  if (changed.length === 0) return;
  const { wakeUps } = ctx;
  const pushed = hasStoppedPushes ? changed : ended;
  await Promise.all([
    wakeUps.tellUnread([currentUserId(ctx)]),
    ended.length > 0 && wakeUps.withdraw(ended),
    wakePushes(wakeUps, pushed),
  ]);
}
