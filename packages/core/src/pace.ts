import { setImmediate } from "node:timers/promises";

/** How long work may go on before other work is let in. Milliseconds. */
const sliceMs = 10;

/**
 * A function to be called between two steps of long work: whenever some ten milliseconds were spent it gives a promise,
 * during which whatever else waits in the process is done, such as a request to be answered.
 */
export function createPace(): () => Promise<void> | undefined {
  let startedAt = performance.now();
  return () => {
    if (performance.now() - startedAt < sliceMs) return undefined;
    return setImmediate().then(() => {
      startedAt = performance.now();
    });
  };
}
