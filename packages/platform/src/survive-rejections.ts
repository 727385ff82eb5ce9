import type { Logger } from "./logger.ts";

let count = 0;

/**
 * A promise that failed while nobody held it is logged and counted, and the process goes on: such are those that a
 * driver drops when a connection breaks. Our own work is always waited for, so none of it is in doubt.
 */
export function surviveRejections(log: Logger): void {
  process.on("unhandledRejection", (error: unknown) => {
    count += 1;
    log.error("A promise failed that nobody waited for", { error });
  });
}

/** How many there were in this process. */
export function countRejections(): number {
  return count;
}
