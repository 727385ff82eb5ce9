import { notificationsPerJob } from "@tocsin/contracts/jobs";
import { newLease, ownLeaseMs } from "../delivery/lease.ts";
import type { Claim } from "../delivery/load-leased.ts";
import { splitByRoom } from "../fanout/split-by-room.ts";
import type { NewNotification } from "./new-notification.ts";
import { isDue } from "./write-notifications.ts";

/** What a process delivers itself of the alerts that it raises. */
export interface OwnDeliveries extends Pick<Claim, "pushPlatforms"> {
  /** Whether it can begin with more right now. */
  hasRoom: () => boolean;
}

/**
 * A claim of this process to deliver what a batch raises, to be written by the transaction that writes the
 * notifications: no other worker needs to be woken then. None where it has no room, and none for more than one job would
 * deliver, or for copies that follow later: all workers share these.
 */
export function claimDeliveries(
  own: OwnDeliveries | undefined,
  notifications: readonly NewNotification[],
): Claim | undefined {
  const ids = notifications.filter(isDue).map(({ id }) => id);
  if (ids.length === 0 || ids.length > notificationsPerJob) return undefined;
  if (splitByRoom(notifications).later.length > 0 || !own?.hasRoom()) return undefined;
  return { ids, lease: newLease(ownLeaseMs), pushPlatforms: own.pushPlatforms };
}
