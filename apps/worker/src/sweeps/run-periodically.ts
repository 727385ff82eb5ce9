import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "@tocsin/platform/logger";

export interface Periodic {
  /** Starts no further pass; resolves when the present one is finished. */
  stop(): Promise<void>;
}

/**
 * Runs `pass` again and again, `everyMs` after the end of the one before. A pass that fails is logged, no more.
 * @param pass a long one ends early when its signal says so
 */
export function runPeriodically(
  { log, name, everyMs }: { log: Logger; name: string; everyMs: number },
  pass: (signal: AbortSignal) => Promise<void>,
): Periodic {
  const stopping = new AbortController();
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await wait(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        await pass(stopping.signal);
      } catch (error) {
        log.warn("A sweep failed; it runs again", { sweep: name, error });
      }
    }
  }
  const running = run();
  return {
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
