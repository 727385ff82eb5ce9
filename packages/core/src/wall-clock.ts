import { IANAZone } from "luxon";

/** What clocks somewhere show, as if it were UTC. Milliseconds since 1970. */
export type WallTime = number;

/** Clocks are at most so far before UTC and behind it, and are put forward or back by less. Milliseconds. */
const reachMs = 15 * 3_600_000;

/** What clocks show in a time zone (IANA) at an instant. */
export function wallClock(timeZone: string, instant: number): WallTime {
  return instant + IANAZone.create(timeZone).offset(instant) * 60_000;
}

/** When the clocks of a time zone pass a time the first time: reach it, or skip it. Milliseconds since 1970. */
export function firstPassOf(timeZone: string, time: WallTime): number {
  return passesOf(timeZone, time).first;
}

/** When they pass it the last time: where they are put back behind it they pass it twice. */
export function lastPassOf(timeZone: string, time: WallTime): number {
  return passesOf(timeZone, time).last;
}

function passesOf(timeZone: string, time: WallTime): { first: number; last: number } {
  const offsetAt = (instant: number) => wallClock(timeZone, instant) - instant;
  const [before, after] = [offsetAt(time - reachMs), offsetAt(time + reachMs)];
  const [early, late] = [time - before, time - after];
  if (before === after) return { first: early, last: early };
  const change = findChange(offsetAt, time - reachMs, time + reachMs);
  // Put forward: passed before, after, or by the change itself.
  if (after > before) {
    const only = early < change ? early : Math.max(late, change);
    return { first: only, last: only };
  }
  return { first: early < change ? early : late, last: late > change ? late : early };
}

/** When the offset changes between two instants. */
function findChange(offsetAt: (instant: number) => number, low: number, high: number): number {
  const before = offsetAt(low);
  let [same, other] = [low, high];
  while (other - same > 1) {
    const middle = Math.floor((same + other) / 2);
    if (offsetAt(middle) === before) same = middle;
    else other = middle;
  }
  return other;
}
