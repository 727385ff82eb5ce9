import { getHeapStatistics } from "node:v8";
import { DomainError } from "@tocsin/contracts/errors";

/** A body is held several times over while it is read, parsed and stored, hence this part of the heap. */
const partOfHeap = 16;

/** However small the heap is: three batches of events must fit. Bytes. */
const minimum = 16 * 1024 * 1024;

/** The memory that one request holds for its body. */
export interface HeldMemory {
  /** Holds at least so many bytes. @throws DomainError UNAVAILABLE where they are not there */
  hold(bytes: number): void;
  /** Gives all of it back; may be called again. */
  release(): void;
}

/** The memory that one process has for bodies under way. */
export interface BodyMemory {
  /** Begins a request of a caller. */
  begin(caller: string): HeldMemory;
  /** How much is held. Bytes. */
  held(): number;
}

/** How much a process has for bodies under way, by the heap that Node.js was given. Bytes. */
export function defaultBodyMemory(): number {
  return Math.max(minimum, Math.floor(getHeapStatistics().heap_size_limit / partOfHeap));
}

/**
 * Bounds what all bodies under way take together, and each caller to half of it: whoever sends much is told to come
 * back, before it is read.
 */
export function createBodyMemory(total = defaultBodyMemory()): BodyMemory {
  const share = total / 2;
  const ofCallers = new Map<string, number>();
  let all = 0;

  function add(caller: string, bytes: number): void {
    const own = (ofCallers.get(caller) ?? 0) + bytes;
    all += bytes;
    if (own > 0) ofCallers.set(caller, own);
    else ofCallers.delete(caller);
  }

  return {
    held: () => all,
    begin(caller) {
      let own = 0;
      return {
        hold(bytes) {
          const more = bytes - own;
          if (more <= 0) return;
          if (all + more > total || (ofCallers.get(caller) ?? 0) + more > share) {
            throw new DomainError("UNAVAILABLE", {
              detail: "Too much is being sent at the moment. Try again in a moment",
              retryAfterSeconds: 1,
            });
          }
          own = bytes;
          add(caller, more);
        },
        release() {
          if (own > 0) add(caller, -own);
          own = 0;
        },
      };
    },
  };
}
