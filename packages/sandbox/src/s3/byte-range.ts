import { S3Error } from "./s3-error.ts";

/** The first and the last byte that are asked for. */
export interface ByteRange {
  start: number;
  end: number;
}

/**
 * Reads a Range header of one range (RFC 9110, 14.2): `bytes=0-99`, `bytes=100-`, `bytes=-100`.
 *
 * @returns undefined where the whole is asked for; S3 takes a range that it cannot read for none.
 * @throws S3Error 416 where nothing of the object lies in the range.
 */
export function findRange(header: string | undefined, size: number): ByteRange | undefined {
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(header ?? "") ?? [];
  if (first === "" && last === "") return undefined;
  const range =
    first === ""
      ? { start: Math.max(0, size - Number(last)), end: size - 1 }
      : { start: Number(first), end: Math.min(last === "" ? size - 1 : Number(last), size - 1) };
  if (range.start > range.end) {
    throw new S3Error(416, "InvalidRange", "The requested range is not satisfiable");
  }
  return range;
}
