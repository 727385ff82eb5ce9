import { newId } from "@tocsin/db/ids";

/** How long a worker that died keeps what a job woke it for from the others. Milliseconds. */
export const jobLeaseMs = 30_000;

/** How long it keeps those of a batch that it raised: they are few, and begin at once. Milliseconds. */
export const ownLeaseMs = 10_000;

/** A worker's claim to make some deliveries, and nobody else meanwhile. */
export interface Lease {
  /** Stands in the row of each. */
  id: string;
  /** How long it holds from when it is written down. Milliseconds. */
  forMs: number;
  /** When it was made, by this process's monotonic clock: a wall clock that is put back must not make it longer. */
  madeAt: number;
}

/** A lease that begins now: to be made before it is written down, not after. */
export function newLease(forMs: number): Lease {
  return { id: newId(), forMs, madeAt: performance.now() };
}
