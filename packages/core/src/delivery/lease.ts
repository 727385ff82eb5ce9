import { newId } from "@tocsin/db/ids";

/** How long a worker may take for its deliveries before another one takes them over. Milliseconds. */
export const leaseMs = 30_000;

/** How long it may begin calls; well within the lease, so that each is over before. Milliseconds. */
const callsMs = 15_000;

/** A worker's claim to deliver some notifications, and nobody else meanwhile. */
export interface Lease {
  /** Stands in the row of each. */
  id: string;
  /** Until when calls may begin, by the clock of this process. */
  callsUntil: Date;
}

/** A lease that begins now: to be made before it is written down, not after. */
export function newLease(now: Date): Lease {
  return { id: newId(), callsUntil: new Date(now.getTime() + callsMs) };
}
