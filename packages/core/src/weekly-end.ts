import { type Weekly, weekdays } from "@tocsin/contracts/api/silences";
import { lastPassOf, firstPassOf, wallClock } from "./wall-clock.ts";

const dayMs = 86_400_000;

/** A weekly time on one day: one unbroken stretch, whatever the clocks do meanwhile. Milliseconds since 1970. */
export interface Stretch {
  from: number;
  /** Does not belong to it. */
  until: number;
}

/** Until when a weekly time holds that holds at this instant; null where it does not hold. */
export function weeklyEnd(weekly: Weekly, at: Date): Date | null {
  const today = Math.floor(wallClock(weekly.timeZone, at.getTime()) / dayMs);
  // One that began the evening before may still hold; so may tomorrow's, where clocks go back over midnight.
  const ends = [today - 1, today, today + 1].flatMap((day) => {
    const stretch = stretchOf(weekly, day);
    return stretch && stretch.from <= at.getTime() && at.getTime() < stretch.until ? [stretch.until] : [];
  });
  return ends.length === 0 ? null : new Date(Math.max(...ends));
}

/**
 * When a weekly time holds that begins on a day: from when clocks pass its start the first time until they pass its end
 * the last time. A time that they skip is passed as they skip it. Null where it does not begin on that day, or nothing is
 * left of it.
 * @param day of the calendar, counted from 1970-01-01
 */
export function stretchOf({ days, start, end, timeZone }: Weekly, day: number): Stretch | null {
  // 1970-01-01 was a Thursday.
  const name = weekdays[(day + 3) % 7];
  if (name === undefined || !days.includes(name)) return null;
  const endDay = end > start ? day : day + 1;
  const from = firstPassOf(timeZone, day * dayMs + timeOfDay(start));
  const until = lastPassOf(timeZone, endDay * dayMs + timeOfDay(end));
  return from < until ? { from, until } : null;
}

function timeOfDay(time: string): number {
  const [hour = 0, minute = 0] = time.split(":").map(Number);
  return (hour * 60 + minute) * 60_000;
}
