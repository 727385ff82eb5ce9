import { hash } from "node:crypto";
import { DomainError } from "@tocsin/contracts/errors";
import type { Request, RequestHandler } from "express";

/** The most senders that are counted; after that the one that began first is counted anew. */
const maximumKept = 50_000;

const windowMs = 60_000;

/** The requests of one sender within a minute that begins with the first of them. */
interface Window {
  count: number;
  /** By the given clock. Milliseconds. */
  endsAt: number;
  /** The `RateLimit-Policy` header. */
  policy: string;
}

export interface EventLimitOptions {
  /** So many requests a minute. */
  limit: number;
  /** Whose count a request adds to. */
  senderOf: (request: Request) => string;
  /** A clock that only goes forward. Milliseconds. */
  now?: () => number;
}

/**
 * Limits the requests of each sender and tells with the headers of draft-ietf-httpapi-ratelimit-headers-08 how many
 * are left, as express-rate-limit does for other routes: by a count in memory, which costs less than a tenth of it.
 */
export function limitEvents({
  limit,
  senderOf,
  now = () => performance.now(),
}: EventLimitOptions): RequestHandler {
  const windows = new Map<string, Window>();

  function windowOf(sender: string): Window {
    const known = windows.get(sender);
    if (known && known.endsAt > now()) return known;
    windows.delete(sender);
    if (windows.size >= maximumKept) makeRoom(windows, now());
    const fresh = { count: 0, endsAt: now() + windowMs, policy: policyOf(sender, limit) };
    windows.set(sender, fresh);
    return fresh;
  }

  return (request, response, next) => {
    const window = windowOf(senderOf(request));
    window.count += 1;
    const secondsLeft = Math.ceil((window.endsAt - now()) / 1000);
    response.setHeader("RateLimit", `"events"; r=${Math.max(limit - window.count, 0)}; t=${secondsLeft}`);
    response.setHeader("RateLimit-Policy", window.policy);
    if (window.count <= limit) {
      next();
      return;
    }
    const detail = `More than ${limit} requests in a minute`;
    next(new DomainError("TOO_MANY_REQUESTS", { detail, retryAfterSeconds: secondsLeft }));
  };
}

/** Windows stand in the order in which they began, so those that are over stand first. */
function makeRoom(windows: Map<string, Window>, now: number): void {
  for (const [sender, { endsAt }] of windows) {
    if (endsAt > now && windows.size < maximumKept) return;
    windows.delete(sender);
  }
}

/** The policy with a key that tells a client's counts apart and not its address. */
function policyOf(sender: string, limit: number): string {
  const key = Buffer.from(hash("sha256", sender).slice(0, 12)).toString("base64");
  return `"events"; q=${limit}; w=${windowMs / 1000}; pk=:${key}:`;
}
