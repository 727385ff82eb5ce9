import { AsyncLocalStorage } from "node:async_hooks";

/** What ties log lines of one request, event or job together. */
export interface Correlation {
  /** The HTTP request being answered. */
  requestId?: string;
  /** The request that an event or job goes back to. */
  correlationId?: string;
}

const storage = new AsyncLocalStorage<Correlation>();

/** Runs `work`; every log line written meanwhile carries these ids. */
export function runWithCorrelation<Result>(correlation: Correlation, work: () => Result): Result {
  return storage.run({ ...storage.getStore(), ...correlation }, work);
}

/** What ties log lines to the request that something goes back to; nothing where that is not known. */
export function correlationOf(origin: { correlationId: string | null } | undefined): Correlation {
  return origin?.correlationId == null ? {} : { correlationId: origin.correlationId };
}

/** The ids of what is running now. */
export function currentCorrelation(): Correlation {
  return storage.getStore() ?? {};
}
