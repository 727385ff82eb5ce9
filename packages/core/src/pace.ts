import { setImmediate } from "node:timers/promises";

/** How long work may go on before other work is let in. Milliseconds. */
const sliceMs = 10;

/** Lets whatever else waits in the process be done, such as a lease to be prolonged or a request to be answered. */
export async function giveWay(): Promise<void> {
  await setImmediate();
}

/** A function to be awaited between two steps of long work: it gives way whenever some ten milliseconds were spent. */
export function createPace(): () => Promise<void> | undefined {
  let startedAt = performance.now();
  return () => {
    if (performance.now() - startedAt < sliceMs) return undefined;
    return giveWay().then(() => {
      startedAt = performance.now();
    });
  };
}
