import { pushPlatforms } from "@tocsin/contracts/channels";
import type { WakeUps } from "@tocsin/platform/wake-ups";

/** Enqueues the push notifications of some notifications, on every platform. */
export async function wakePushes(wakeUps: WakeUps, notificationIds: readonly string[]): Promise<void> {
  if (notificationIds.length === 0) return;
  await Promise.all(pushPlatforms.map((platform) => wakeUps.push(platform, notificationIds)));
}
