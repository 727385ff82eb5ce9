import { type Weekly, weekdays } from "@tocsin/contracts/api/silences";
import { DateTime } from "luxon";

/** Until when a weekly time holds that holds at this instant; null where it does not hold. */
export function weeklyEnd(weekly: Weekly, at: Date): Date | null {
  const local = DateTime.fromJSDate(at, { zone: weekly.timeZone });
  // One that began the evening before may still hold.
  const ends = [local, local.minus({ days: 1 })].flatMap(
    (day) => endOf(weekly, day, local)?.toMillis() ?? [],
  );
  return ends.length === 0 ? null : new Date(Math.max(...ends));
}

function endOf({ days, start, end }: Weekly, day: DateTime, at: DateTime): DateTime | null {
  const name = weekdays[day.weekday - 1];
  if (name === undefined || !days.includes(name)) return null;
  const from = atTime(day, start);
  const until = atTime(end > start ? day : day.plus({ days: 1 }), end);
  return at >= from && at < until ? until : null;
}

/** A time that the clocks skip that day is as much later as they skip. */
function atTime(day: DateTime, time: string): DateTime {
  const [hour, minute] = time.split(":").map(Number);
  return day.set({ hour: hour ?? 0, minute: minute ?? 0, second: 0, millisecond: 0 });
}
