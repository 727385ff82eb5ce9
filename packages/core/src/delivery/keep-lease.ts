import type { Logger } from "@tocsin/platform/logger";
import type { MayCall } from "./channel.ts";
import type { Lease } from "./lease.ts";

/** How often a lease is prolonged, and asked what it still holds. Milliseconds. */
const prolongEveryMs = 500;

/** Calls begin in the first half of a lease: each takes less than five seconds, so that it is over before the lease is. */
const callsShare = 0.5;

/** What is done under a lease. */
export interface LeasedWork {
  lease: Lease;
  /** What the log calls it. */
  name: string;
  log: Logger;
}

/**
 * Works under a lease and prolongs it meanwhile, however long the provider takes. What is no longer to be sent (somebody
 * acknowledged it, say) is not called any more; and nothing is where the lease could not be prolonged in time. That it
 * could not is logged once.
 * @param prolong writes down that the lease goes on, and gives the delivery ids that it still holds
 */
export async function keepLease<Result>(
  { lease, name, log }: LeasedWork,
  prolong: () => Promise<ReadonlySet<string>>,
  work: (mayCall: MayCall) => Promise<Result>,
): Promise<Result> {
  let callsUntil = lease.madeAt + lease.forMs * callsShare;
  let held: ReadonlySet<string> | undefined;
  let asking: Promise<void> | undefined;
  let isTold = false;

  async function ask(): Promise<void> {
    const askedAt = performance.now();
    try {
      held = await prolong();
      callsUntil = askedAt + lease.forMs * callsShare;
    } catch (error) {
      // The database is away: calls begin until the lease, as it was last written down, is half over.
      if (!isTold) log.warn("A lease could not be prolonged", { work: name, lease: lease.id, error });
      isTold = true;
    } finally {
      asking = undefined;
    }
  }

  const timer = setInterval(() => {
    asking ??= ask();
  }, prolongEveryMs);
  try {
    return await work(({ deliveryId }) => performance.now() < callsUntil && (held?.has(deliveryId) ?? true));
  } finally {
    clearInterval(timer);
    await asking;
  }
}
