import { newId } from "@tocsin/db/ids";

/** How long a worker may take for what a job wakes it for before another one takes it over. Milliseconds. */
export const jobLeaseMs = 30_000;

/** How long it may take for those of a batch that it raised: they are few, and begin at once. Milliseconds. */
export const ownLeaseMs = 10_000;

/** A worker's claim to deliver some notifications, and nobody else meanwhile. */
export interface Lease {
  /** Stands in the row of each. */
  id: string;
  /** How long it holds from when it is written down. Milliseconds. */
  forMs: number;
  /** Until when calls may begin, by the clock of this process: so that each is over before the lease is. */
  callsUntil: Date;
}

/** For how long calls may begin under a lease: in its first half, as each takes less than five seconds. Milliseconds. */
export function callBudgetOf(leaseMs: number): number {
  return leaseMs / 2;
}

/** A lease that begins now: to be made before it is written down, not after. */
export function newLease(now: Date, forMs: number): Lease {
  return { id: newId(), forMs, callsUntil: new Date(now.getTime() + callBudgetOf(forMs)) };
}
