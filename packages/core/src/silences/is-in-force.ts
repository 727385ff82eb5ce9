import { type Weekly, weekdays } from "@tocsin/contracts/api/silences";
import { DateTime } from "luxon";

/** When a silence holds. */
export interface SilenceTimes {
  startsAt: Date;
  endsAt: Date | null;
  weekly: Weekly | null;
}

/** Whether a silence holds at an instant. The start belongs to it, the end does not. */
export function isInForce({ startsAt, endsAt, weekly }: SilenceTimes, at: Date): boolean {
  if (at < startsAt || (endsAt !== null && at >= endsAt)) return false;
  return weekly === null || isWithinWeek(weekly, at);
}

function isWithinWeek(weekly: Weekly, at: Date): boolean {
  const local = DateTime.fromJSDate(at, { zone: weekly.timeZone });
  // One that began the evening before may still hold.
  return [local, local.minus({ days: 1 })].some((day) => isWithinDay(weekly, day, local));
}

function isWithinDay({ days, start, end }: Weekly, day: DateTime, at: DateTime): boolean {
  const name = weekdays[day.weekday - 1];
  if (name === undefined || !days.includes(name)) return false;
  const from = atTime(day, start);
  const lastDay = end > start ? day : day.plus({ days: 1 });
  return at >= from && at < atTime(lastDay, end);
}

/** A time that the clocks skip that day is as much later as they skip. */
function atTime(day: DateTime, time: string): DateTime {
  const [hour, minute] = time.split(":").map(Number);
  return day.set({ hour: hour ?? 0, minute: minute ?? 0, second: 0, millisecond: 0 });
}
