import { createHmac } from "node:crypto";
import bcrypt from "bcrypt";
import pLimit from "p-limit";
import { DomainError } from "@tocsin/contracts/errors";
import { normalizePassword } from "./normalize-password.ts";

/** bcrypt's cost factor: about a quarter of a second of one core. */
const cost = 12;

/** bcrypt reads no further than this. Bytes. */
const bcryptMaximumBytes = 72;

/** So many hashes at once and no more: the others wait here instead of filling the thread pool. */
const limit = pLimit(2);

/** Whoever comes when so many wait already is sent away at once: they would wait for half a minute. */
export const maximumWaiting = 200;

/** A hash of no password anyone has: compared with when there is no account, so that both cases take as long. */
const nobodysHash = "$2b$12$rh5aIS8WCvqq0zBptTqwN.1AmAqOcK/Ok81KnUAFksJK0RNlsK80a";

/**
 * A password as bcrypt gets it: longer ones are hashed to 64 characters first, so that no byte of them is cut off.
 * A NUL, at which some bcrypts stop reading, is treated likewise.
 */
function prepare(password: string): string {
  if (Buffer.byteLength(password) <= bcryptMaximumBytes && !password.includes("\0")) return password;
  return createHmac("sha384", "tocsin-long-password").update(password).digest("base64");
}

/** @throws DomainError UNAVAILABLE where too many wait already */
async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (limit.pendingCount >= maximumWaiting) {
    throw new DomainError("UNAVAILABLE", { detail: "Too many are logging in", retryAfterSeconds: 10 });
  }
  return limit(work);
}

/** Hashes a password for storage. @throws DomainError UNAVAILABLE where too many wait already */
export async function hashPassword(password: string): Promise<string> {
  return inTurn(() => bcrypt.hash(prepare(normalizePassword(password)), cost));
}

/**
 * Whether `password` is the one behind `hash`. Takes as long without a hash and then says no. Hashes that were made before
 * passwords were brought to one form are held against what was typed.
 * @throws DomainError UNAVAILABLE where too many wait already
 */
export async function verifyPassword(password: string, hash: string | undefined): Promise<boolean> {
  for (const form of new Set([normalizePassword(password), password])) {
    // One after the other: the second form is asked about only where the first is not it.
    const matches = await inTurn(() => bcrypt.compare(prepare(form), hash ?? nobodysHash));
    if (matches && hash !== undefined) return true;
  }
  return false;
}
