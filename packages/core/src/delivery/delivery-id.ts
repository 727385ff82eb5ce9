import { createHash } from "node:crypto";

/**
 * The id of one delivery: a UUID (version 8, RFC 9562) made of what it is about, so that every try of it, by whichever
 * worker, carries the same one. A repetition of the alert is another delivery.
 */
export function deliveryIdOf(notificationId: string, targetId: string, round: number): string {
  const hash = createHash("sha256").update(`${notificationId}:${targetId}:${round}`).digest("hex");
  const variant = "89ab".charAt(Number.parseInt(hash.charAt(16), 16) % 4);
  return [
    hash.slice(0, 8),
    hash.slice(8, 12),
    `8${hash.slice(13, 16)}`,
    `${variant}${hash.slice(17, 20)}`,
    hash.slice(20, 32),
  ].join("-");
}
