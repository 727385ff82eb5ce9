import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** The middle of some measurements. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** The least and the most of some measurements. */
export function rangeOf(values: readonly number[]): { least: number; most: number } {
  return { least: Math.min(...values), most: Math.max(...values) };
}

/** Microseconds of CPU that a step took, on all threads of this process. */
export async function cpuMicroseconds(step: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await step();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/**
 * Runs steps in turn, several rounds, so that a slow moment of the machine meets them all.
 * @returns the median microseconds of CPU of each step
 */
export async function measureInTurn(steps: readonly (() => unknown)[], rounds: number): Promise<number[]> {
  const samples = steps.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    for (const [index, step] of steps.entries()) samples[index]?.push(await cpuMicroseconds(step));
  }
  return samples.map(median);
}

let collectGarbage: (() => void) | undefined;

/** Bytes of heap in use after a garbage collection. */
export function heapBytes(): number {
  if (!collectGarbage) {
    setFlagsFromString("--expose-gc");
    collectGarbage = runInNewContext("gc") as () => void;
  }
  collectGarbage();
  return process.memoryUsage().heapUsed;
}
