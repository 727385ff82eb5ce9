import { HttpError } from "./http-error.ts";
import type { JsonObject } from "../json.ts";

export interface Fault<Kind extends string> {
  kind: Kind;
  /** How many calls fail. */
  calls: number;
}

/** Failures that were ordered and have not happened yet. */
export interface Faults<Kind extends string> {
  /** Orders failures; they come after those ordered before. */
  add(fault: Fault<Kind>): void;
  /** The next call's failure, used up by this; undefined when it shall succeed. */
  take(): Kind | undefined;
  list(): readonly Fault<Kind>[];
  clear(): void;
}

const MAXIMUM_CALLS = 1_000_000;

export function createFaults<Kind extends string>(): Faults<Kind> {
  const queue: Fault<Kind>[] = [];
  return {
    add({ kind, calls }) {
      queue.push({ kind, calls });
    },
    take() {
      const [next] = queue;
      if (next === undefined) return undefined;
      next.calls -= 1;
      if (next.calls === 0) queue.shift();
      return next.kind;
    },
    list: () => queue.map((fault) => ({ ...fault })),
    clear() {
      queue.length = 0;
    },
  };
}

/**
 * Reads an order such as `{ "kind": "429", "calls": 3 }`.
 *
 * @param kinds those that there are.
 * @throws HttpError 400 that says what is wrong.
 */
export function readFault<Kind extends string>(
  order: JsonObject | undefined,
  kinds: readonly Kind[],
): Fault<Kind> {
  const { kind, calls = 1 } = order ?? {};
  const known = kinds.find((name) => name === String(kind));
  if (known === undefined) throw new HttpError(400, `kind must be one of ${kinds.join(", ")}`);
  if (typeof calls !== "number" || !Number.isInteger(calls) || calls < 1 || calls > MAXIMUM_CALLS) {
    throw new HttpError(400, `calls must be a whole number from 1 to ${MAXIMUM_CALLS}`);
  }
  return { kind: known, calls };
}
