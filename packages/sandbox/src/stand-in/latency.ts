import type { JsonObject } from "../json.ts";
import { HttpError } from "./http-error.ts";

/** How long calls take. Milliseconds. */
export interface LatencyRange {
  minMs: number;
  maxMs: number;
}

/** How slow a stand-in is; not at all unless told. */
export interface Latency {
  set(range: LatencyRange): void;
  clear(): void;
  range(): LatencyRange;
  /**
   * Takes as long as a call is to take, and does what it is for at some moment in between: what is passed on is passed
   * on early or late, and the caller cannot know.
   */
  around<Result>(effect: () => Result): Promise<Result>;
}

const none: LatencyRange = { minMs: 0, maxMs: 0 };
const MAXIMUM_MS = 600_000;

export function createLatency(random: () => number = Math.random): Latency {
  let current = none;
  return {
    set(range) {
      current = range;
    },
    clear() {
      current = none;
    },
    range: () => current,
    async around(effect) {
      const { minMs, maxMs } = current;
      if (maxMs === 0) return effect();
      const total = minMs + (maxMs - minMs) * random();
      const before = total * random();
      await delay(before);
      const result = effect();
      await delay(total - before);
      return result;
    },
  };
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Reads an order such as `{ "minMs": 1500, "maxMs": 4000 }`.
 *
 * @throws HttpError 400 that says what is wrong.
 */
export function readLatency(order: JsonObject | undefined): LatencyRange {
  const { minMs = 0, maxMs = minMs } = order ?? {};
  if (!isTime(minMs) || !isTime(maxMs) || minMs > maxMs) {
    throw new HttpError(400, `minMs and maxMs must be whole numbers from 0 to ${MAXIMUM_MS}, in order`);
  }
  return { minMs, maxMs };
}

function isTime(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MAXIMUM_MS;
}
