import { failuresOf } from "./errors.ts";

/** Disk full; the table is full. */
const OUT_OF_SPACE = new Set([1021, 1114]);

/** The database has no room for another row. What is small and there already may be written all the same. */
export function isOutOfSpace(error: unknown): boolean {
  return failuresOf(error).some(({ errno }) => errno !== undefined && OUT_OF_SPACE.has(errno));
}
