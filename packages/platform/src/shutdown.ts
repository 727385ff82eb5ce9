import type { Logger } from "./logger.ts";

export interface Shutdown {
  /** Adds a step; steps run one after another, in the order in which they were added, and are told why. */
  add(name: string, step: (reason: string) => unknown): void;
  /** Whether stopping has begun. */
  readonly isStopping: boolean;
  /** Runs the steps once, then ends the process. */
  run(reason: string, exitCode?: number): Promise<void>;
}

export interface ShutdownOptions {
  log: Logger;
  /** After this the process ends whatever is still under way. Milliseconds. */
  deadlineMs: number;
  exit?: (code: number) => void;
}

/**
 * Stops a process in order: on SIGTERM, SIGINT, and when something was thrown that nobody caught, for then nobody knows
 * what was left half done. A promise that nobody waited for does not stop it: see survive-rejections.ts.
 */
export function createShutdown({
  log,
  deadlineMs,
  exit = (code) => process.exit(code),
}: ShutdownOptions): Shutdown {
  const steps: { name: string; step: (reason: string) => unknown }[] = [];
  let isStopping = false;

  async function run(reason: string, exitCode = 0): Promise<void> {
    if (isStopping) return;
    isStopping = true;
    log.info("Stopping", { reason });
    const deadline = setTimeout(() => {
      log.error("Stopping took too long", { deadlineMs });
      exit(1);
    }, deadlineMs);
    for (const { name, step } of steps) {
      try {
        // In order: what comes in is stopped before what it needs is closed.
        await step(reason);
      } catch (error) {
        log.warn("A step of stopping failed", { step: name, error });
      }
    }
    clearTimeout(deadline);
    log.info("Stopped");
    exit(exitCode);
  }

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      if (isStopping) exit(1);
      else void run(signal);
    });
  }
  process.on("uncaughtException", (error: unknown) => {
    log.error("Something was thrown that nobody caught", { error });
    void run("uncaughtException", 1);
  });

  return {
    add: (name, step) => void steps.push({ name, step }),
    get isStopping() {
      return isStopping;
    },
    run,
  };
}
