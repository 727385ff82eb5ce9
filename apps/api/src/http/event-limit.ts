import { overLimit, policyOf, setLeft, windowMs } from "./limit-headers.ts";
import type { RateLimit } from "./rate-limit.ts";

/** The most senders that are counted; after that the one that began first is counted anew. */
const maximumKept = 50_000;

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
  /** A clock that only goes forward. Milliseconds. */
  now?: () => number;
}

/** Limits the requests of each sender by a count in memory, which costs less than a tenth of one in Redis. */
export function createEventLimit({ limit, now = () => performance.now() }: EventLimitOptions): RateLimit {
  const windows = new Map<string, Window>();

  function windowOf(sender: string): Window {
    const known = windows.get(sender);
    if (known && known.endsAt > now()) return known;
    windows.delete(sender);
    if (windows.size >= maximumKept) makeRoom(windows, now());
    const fresh = { count: 0, endsAt: now() + windowMs, policy: policyOf("events", limit, sender) };
    windows.set(sender, fresh);
    return fresh;
  }

  return {
    count(sender, response) {
      const window = windowOf(sender);
      window.count += 1;
      const secondsLeft = Math.ceil((window.endsAt - now()) / 1000);
      setLeft(response, { name: "events", left: limit - window.count, secondsLeft });
      response.setHeader("RateLimit-Policy", window.policy);
      if (window.count > limit) throw overLimit(limit, secondsLeft);
    },
  };
}

/** Windows stand in the order in which they began, so those that are over stand first. */
function makeRoom(windows: Map<string, Window>, now: number): void {
  for (const [sender, { endsAt }] of windows) {
    if (endsAt > now && windows.size < maximumKept) return;
    windows.delete(sender);
  }
}
