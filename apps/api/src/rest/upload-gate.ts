import { DomainError } from "@tocsin/contracts/errors";

/** Runs one more piece of work, unless too many are under way. */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Bounds how many files are held in memory at once; what comes beyond is told to come back, not kept waiting.
 * @throws DomainError UNAVAILABLE
 */
export function createUploadGate(maximum: number): Gate {
  let current = 0;
  return async (work) => {
    if (current >= maximum) {
      throw new DomainError("UNAVAILABLE", {
        detail: `${maximum} files are being uploaded. Try again in a moment`,
        retryAfterSeconds: 2,
      });
    }
    current += 1;
    try {
      return await work();
    } finally {
      current -= 1;
    }
  };
}
