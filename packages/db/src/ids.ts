import { randomFillSync } from "node:crypto";

/** Randomness is fetched for this many ids at once: a call per id costs more than all the rest. */
const POOLED_IDS = 256;
const RANDOM_BYTES = 10;
/** The counter beside the millisecond (RFC 9562, method 1): 12 bits. */
const COUNTER_LIMIT = 0x1000;

const pool = new Uint8Array(POOLED_IDS * RANDOM_BYTES);
let poolPosition = pool.length;
let lastMillisecond = 0;
let counter = 0;

const hexOfByte = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/**
 * A new id: a UUID of version 7 (RFC 9562), the first 48 bits of which are the time it was made.
 * Within this process each is greater than the one before, also within a millisecond and when the clock steps back.
 *
 * @param now milliseconds since 1970.
 */
export function newId(now: number = Date.now()): string {
  if (poolPosition === pool.length) {
    randomFillSync(pool);
    poolPosition = 0;
  }
  const start = poolPosition;
  poolPosition += RANDOM_BYTES;
  tick(now, ((byteAt(start) & 0x07) << 8) | byteAt(start + 1));

  const time = lastMillisecond.toString(16).padStart(12, "0");
  const version = (0x7000 | counter).toString(16);
  const variant = hex((byteAt(start + 2) & 0x3f) | 0x80) + hexAt(start + 3);
  const node =
    hexAt(start + 4) +
    hexAt(start + 5) +
    hexAt(start + 6) +
    hexAt(start + 7) +
    hexAt(start + 8) +
    hexAt(start + 9);
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}-${variant}-${node}`;
}

/** Below every id made at this time or later, above every one made before. */
export function lowestIdAt(time: Date): string {
  const digits = time.getTime().toString(16).padStart(12, "0");
  return `${digits.slice(0, 8)}-${digits.slice(8)}-0000-0000-000000000000`;
}

/** A new millisecond begins with a counter in its lower half; within one, or before it, the counter goes on. */
function tick(now: number, firstCounter: number): void {
  if (now > lastMillisecond) {
    lastMillisecond = Math.floor(now);
    counter = firstCounter;
    return;
  }
  counter += 1;
  if (counter === COUNTER_LIMIT) {
    lastMillisecond += 1;
    counter = firstCounter;
  }
}

function byteAt(position: number): number {
  return pool[position] ?? 0;
}

function hexAt(position: number): string {
  return hex(byteAt(position));
}

function hex(byte: number): string {
  return hexOfByte[byte] ?? "";
}
