import { isStormOver, type StormPolicy } from "../pipeline/storm-policy.ts";

/** An event that a rule matched. */
export interface PastMatch {
  eventId: string;
  /** Milliseconds since 1970. */
  at: number;
  /** What makes it the same alert as another; null where the rule does not deduplicate. */
  groupKey: string | null;
}

/** What the gates would have made of the matches. */
export interface SimulatedGates {
  alerts: number;
  deduplicated: number;
  suppressed: number;
  storms: number;
  /** Milliseconds since 1970. */
  firstStormAt: number | null;
  /** The most that counted towards a storm in one window. */
  peak: number;
}

interface OpenStorm {
  windowEndsAt: number;
  heldBack: number;
}

/**
 * Puts the matches through dedup and storm gate, as the pipeline does: a group is open for a fixed window from its first
 * alert; more than `limit` alerts within a window begin a storm; it ends with a window that held back little.
 * @param matches oldest first
 */
export function simulateGates(
  matches: readonly PastMatch[],
  dedupWindowSeconds: number,
  policy: StormPolicy,
): SimulatedGates {
  const windowMs = policy.windowSeconds * 1000;
  const groupEndsAt = new Map<string, number>();
  const rankOf = createRanks(windowMs);
  const result: SimulatedGates = {
    alerts: 0,
    deduplicated: 0,
    suppressed: 0,
    storms: 0,
    firstStormAt: null,
    peak: 0,
  };
  let storm: OpenStorm | undefined;

  for (const { at, groupKey } of matches) {
    storm = storm && afterWindows(storm, at, windowMs, policy);
    if (groupKey !== null && at < (groupEndsAt.get(groupKey) ?? 0)) {
      result.deduplicated += 1;
      continue;
    }
    const rank = rankOf(at);
    result.peak = Math.max(result.peak, rank);
    if (storm) {
      storm.heldBack += 1;
      result.suppressed += 1;
    } else if (rank > policy.limit) {
      storm = { windowEndsAt: at + windowMs, heldBack: 1 };
      result.suppressed += 1;
      result.storms += 1;
      result.firstStormAt ??= at;
    } else {
      result.alerts += 1;
      if (groupKey !== null) groupEndsAt.set(groupKey, at + dedupWindowSeconds * 1000);
    }
  }
  return result;
}

/** The storm at a later time; undefined where one of its windows held back too little to go on. */
function afterWindows(
  storm: OpenStorm,
  at: number,
  windowMs: number,
  policy: StormPolicy,
): OpenStorm | undefined {
  if (at < storm.windowEndsAt) return storm;
  if (isStormOver(storm.heldBack, policy)) return undefined;
  // The window after it held back nothing, unless `at` lies in it.
  const isInNext = at < storm.windowEndsAt + windowMs;
  return isInNext ? { windowEndsAt: storm.windowEndsAt + windowMs, heldBack: 0 } : undefined;
}

/** Counts like the pipeline's sorted set: how many there were within the window that ends now. */
function createRanks(windowMs: number): (at: number) => number {
  const times: number[] = [];
  let windowStart = 0;
  return (at) => {
    times.push(at);
    while ((times[windowStart] ?? at) <= at - windowMs) windowStart += 1;
    return times.length - windowStart;
  };
}
