import { setTimeout as delay } from "node:timers/promises";
import type { StartedProcess } from "@tocsin/sandbox/testing/start-process";

/** One after the other: what is being started is not killed before it is up. */
export function inTurn(run: () => Promise<unknown>): () => Promise<unknown> {
  let last: Promise<unknown> = Promise.resolve();
  return () => (last = last.then(run));
}

/** kill -9, and up again. */
export async function killAndStart(
  running: () => StartedProcess,
  start: () => Promise<unknown>,
): Promise<void> {
  const process = running();
  process.signal("SIGKILL");
  await process.exited;
  await start();
}

/** Anything that a signal reaches. */
interface Signalled {
  signal: (signal: NodeJS.Signals) => void;
}

/** Stands still for so many milliseconds, neither dead nor answering, then goes on as if nothing had been. */
export async function freeze(target: Signalled, milliseconds: number): Promise<void> {
  target.signal("SIGSTOP");
  await delay(milliseconds);
  target.signal("SIGCONT");
}
