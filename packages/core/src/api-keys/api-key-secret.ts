import { randomBytes } from "node:crypto";
import { type Hash, hashOf } from "../events/hash.ts";

/** A prefix is 48 random bits, a secret 256; both as they stand in `tk_<prefix>_<secret>`. */
const shape = /^tk_([0-9a-f]{12})_[\w-]{43}$/;

/** Whether a bearer token claims to be an API key: no access token begins so. */
export function isApiKey(token: string): boolean {
  return token.startsWith("tk_");
}

/** The prefix of a key, or undefined where it is none of ours. */
export function prefixOf(key: string): string | undefined {
  return shape.exec(key)?.[1];
}

/** A prefix for a new key. */
export function newPrefix(): string {
  return randomBytes(6).toString("hex");
}

/** A new secret for the key with this prefix, and what of it is stored. */
export function newSecret(prefix: string): { secret: string; hash: Hash } {
  const secret = `tk_${prefix}_${randomBytes(32).toString("base64url")}`;
  return { secret, hash: hashOf(secret) };
}
