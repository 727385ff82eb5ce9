import { setTimeout as wait } from "node:timers/promises";
import type { Logger } from "@tocsin/platform/logger";

export interface Periodic {
  /** Starts no further pass; resolves when the present one is finished. */
  stop(): Promise<void>;
}

/** Runs `pass` again and again, `everyMs` after the end of the one before. A pass that fails is logged, no more. */
export function runPeriodically(
  { log, name, everyMs }: { log: Logger; name: string; everyMs: number },
  pass: () => Promise<void>,
): Periodic {
  const stopping = new AbortController();
  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      await wait(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      try {
        await pass();
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
