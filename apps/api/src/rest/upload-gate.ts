import { DomainError } from "@tocsin/contracts/errors";

/** Runs one more piece of work of a caller, unless too many are under way. */
export type Gate = <Result>(caller: string, work: () => Promise<Result>) => Promise<Result>;

export interface UploadLimits {
  /** How many files at once, of all callers together. */
  all: number;
  /** How many of them may be one caller's. */
  ofCaller: number;
}

/**
 * Bounds how many files are held in memory at once; what comes beyond is told to come back, not kept waiting.
 * @throws DomainError UNAVAILABLE
 */
export function createUploadGate(limits: UploadLimits): Gate {
  const underWay = new Map<string, number>();
  let all = 0;

  return async (caller, work) => {
    const own = underWay.get(caller) ?? 0;
    if (own >= limits.ofCaller) throw tooMany(`${limits.ofCaller} files of yours are`);
    if (all >= limits.all) throw tooMany(`${limits.all} files are`);
    underWay.set(caller, own + 1);
    all += 1;
    try {
      return await work();
    } finally {
      all -= 1;
      const left = (underWay.get(caller) ?? 1) - 1;
      if (left > 0) underWay.set(caller, left);
      else underWay.delete(caller);
    }
  };
}

function tooMany(who: string): DomainError {
  return new DomainError("UNAVAILABLE", {
    detail: `${who} being uploaded. Try again in a moment`,
    retryAfterSeconds: 2,
  });
}
