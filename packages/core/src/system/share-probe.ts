import { withDeadline } from "@tocsin/platform/with-deadline";

/** Whether something could be done just now. */
export type ProbeOutcome = "ok" | "failed";

/** How long it may take. Milliseconds. */
const patience = 1_000;

/** How long its outcome holds. Milliseconds. */
const goodFor = 1_000;

/** A probe that has not ended by then is not waited for: another one is made. Milliseconds. */
const lostAfter = 15_000;

/**
 * A probe that costs the same however many ask: it is made at most once a second, and not while the one before is under
 * way, so that a server that hangs does not use up connections. Whoever asks is told within a second.
 */
export function shareProbe(whose: string, probe: () => Promise<unknown>): () => Promise<ProbeOutcome> {
  let begunAt = -Infinity;
  let latest: Promise<unknown> | undefined;
  let outcome: Promise<ProbeOutcome> = Promise.resolve("failed");

  async function begin(): Promise<ProbeOutcome> {
    const made = probe().finally(() => {
      if (latest === made) latest = undefined;
    });
    latest = made;
    try {
      await withDeadline(whose, patience, made);
      return "ok";
    } catch {
      return "failed";
    }
  }

  return () => {
    const age = performance.now() - begunAt;
    if (age >= (latest ? lostAfter : goodFor)) {
      begunAt = performance.now();
      outcome = begin();
    }
    return outcome;
  };
}
