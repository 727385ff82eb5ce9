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
 * alert; more than `limit` different alerts within a window begin a storm; it ends with a window that held back little.
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

  for (const { eventId, at, groupKey } of matches) {
    storm = storm && afterWindows(storm, at, windowMs, policy);
    const rank = rankOf(groupKey ?? eventId, at);
    result.peak = Math.max(result.peak, rank);
    if (groupKey !== null && at < (groupEndsAt.get(groupKey) ?? 0)) {
      result.deduplicated += 1;
    } else if (storm) {
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

/** Counts like the pipeline's sorted set: each member once, by its first time, forgotten after two windows. */
function createRanks(windowMs: number): (member: string, at: number) => number {
  const times: number[] = [];
  const placeOf = new Map<string, number>();
  let windowStart = 0;
  return (member, at) => {
    const known = placeOf.get(member);
    let place = known ?? -1;
    if (known === undefined || (times[known] ?? 0) < at - 2 * windowMs) {
      place = times.push(at) - 1;
      placeOf.set(member, place);
    }
    while (windowStart < times.length && (times[windowStart] ?? 0) <= at - windowMs) windowStart += 1;
    return Math.max(0, place - windowStart + 1);
  };
}
