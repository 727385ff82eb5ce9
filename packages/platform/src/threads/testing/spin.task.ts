import { threadId } from "node:worker_threads";

/** Keeps its thread busy for so many milliseconds and tells which one that was. */
export function run({ milliseconds }: { milliseconds: number }): number {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
  return threadId;
}
