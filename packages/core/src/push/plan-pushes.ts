import type { PushPlatform } from "@tocsin/contracts/channels";
import { alwaysInterrupts } from "../interruptions/why-held.ts";

/** A device that is in use. */
export interface ActiveDevice {
  id: string;
  userId: string;
  platform: PushPlatform;
}

/** A push notification to be sent. */
export interface PlannedPush {
  notificationId: string;
  deviceId: string;
  userId: string;
  platform: PushPlatform;
  /** How long to wait whether the person sees it on a screen. Milliseconds; 0: at once. */
  waitMs: number;
  round: number;
}

/**
 * Who is interrupted gets a push notification on each of their devices: at once where no screen is open, or where the
 * alert is critical; else after a while, in which a receipt from the screen makes it unnecessary.
 */
export function planPushes(
  interrupted: readonly { userId: string; alert: { id: string; priority: number; round: number } }[],
  devices: readonly ActiveDevice[],
  present: ReadonlySet<string>,
  fallbackMs: number,
): PlannedPush[] {
  const devicesOf = Map.groupBy(devices, ({ userId }) => userId);
  return interrupted.flatMap(({ userId, alert }) =>
    (devicesOf.get(userId) ?? []).map(({ id: deviceId, platform }) => ({
      notificationId: alert.id,
      deviceId,
      userId,
      platform,
      waitMs: present.has(userId) && !alwaysInterrupts(alert) ? fallbackMs : 0,
      round: alert.round,
    })),
  );
}
