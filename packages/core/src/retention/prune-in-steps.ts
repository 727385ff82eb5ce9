import { setTimeout as wait } from "node:timers/promises";
import type { Pool } from "@tocsin/db/pool";

/** The most rows that one statement deletes: locks are short, and replicas keep up. */
export const stepRows = 1000;

/** What every kind of pruning is given. */
export interface Pruning {
  pool: Pool;
  /** Ends it after the step under way; what is left is for the next run. */
  signal: AbortSignal;
  /** Between two steps everybody else has the database. Milliseconds. */
  pauseMs: number;
  /** Told after each step how many rows it took. */
  onStep?: (rows: number) => void;
}

/** One step of many. */
export interface Step {
  /** How many rows it took. */
  rows: number;
  /** Nothing is left for another one. */
  isLast: boolean;
}

/** Takes step after step, with pauses between them. @returns how many rows all of them took */
export async function pruneInSteps(
  { signal, pauseMs, onStep }: Pruning,
  step: () => Promise<Step>,
): Promise<number> {
  let total = 0;
  while (!signal.aborted) {
    const { rows, isLast } = await step();
    total += rows;
    onStep?.(rows);
    if (isLast) break;
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  return total;
}
