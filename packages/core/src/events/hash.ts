import { hash } from "node:crypto";

/** A SHA-256 hash as the database driver takes and gives it. */
export type Hash = Buffer;

/** SHA-256 of the exact bytes of the parts, a zero byte between them. */
export function hashOf(...parts: readonly string[]): Hash {
  return hash("sha256", parts.join("\0"), "buffer");
}
