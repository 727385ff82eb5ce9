import { type Weekly, weekdays } from "@tocsin/contracts/api/silences";
import { createRandom } from "@tocsin/sandbox/random";
import { describe, expect, it } from "vitest";
import { weeklyEnd } from "./weekly-end.ts";

const everyDay = [...weekdays];
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const at = (time: string) => new Date(time);

describe("a weekly time", () => {
  const berlin = (start: string, end: string): Weekly => ({
    ...{ days: ["sunday"], start, end },
    timeZone: "Europe/Berlin",
  });

  // 2026-03-29 in Berlin: 02:00 to 03:00 (01:00 UTC) is skipped. 2026-10-25: 02:00 to 03:00 comes twice, 00:00 and 01:00 UTC.
  it.each([
    ["begins as its start is skipped", "02:30", "03:15", "2026-03-29T01:00:00Z", "2026-03-29T01:15:00Z"],
    ["ends as its end is skipped", "01:15", "02:30", "2026-03-29T00:15:00Z", "2026-03-29T01:00:00Z"],
    [
      "goes on over the hour that is skipped",
      "01:30",
      "03:30",
      "2026-03-29T00:30:00Z",
      "2026-03-29T01:30:00Z",
    ],
    ["goes on until its end comes again", "01:30", "02:15", "2026-10-24T23:30:00Z", "2026-10-25T01:15:00Z"],
    ["begins as its start comes first", "02:30", "03:15", "2026-10-25T00:30:00Z", "2026-10-25T02:15:00Z"],
    ["that comes twice is one", "02:15", "02:45", "2026-10-25T00:15:00Z", "2026-10-25T01:45:00Z"],
    ["is as long as ever on other days", "02:30", "03:15", "2026-10-18T00:30:00Z", "2026-10-18T01:15:00Z"],
  ])("%s", (_what, start, end, from, until) => {
    const weekly = berlin(start, end);
    expect(weeklyEnd(weekly, new Date(at(from).getTime() - 1))).toBeNull();
    for (let time = at(from).getTime(); time < at(until).getTime(); time += minuteMs)
      expect(weeklyEnd(weekly, new Date(time))).toEqual(at(until));
    expect(weeklyEnd(weekly, at(until))).toBeNull();
  });

  it("of which every minute is skipped does not hold that day", () => {
    const weekly = berlin("02:15", "02:45");
    for (let minutes = -120; minutes <= 120; minutes += 1)
      expect(
        weeklyEnd(weekly, new Date(at("2026-03-29T01:00:00Z").getTime() + minutes * minuteMs)),
      ).toBeNull();
  });
});

/** What a clock on the wall shows, by Intl and nothing else: "2026-03-29 02:30". */
function clockOf(timeZone: string): (instant: number) => string {
  const format = new Intl.DateTimeFormat("en-CA", {
    ...{ timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit" },
    ...{ hour: "2-digit", minute: "2-digit" },
  });
  return (instant) => format.format(instant).replace(", ", " ");
}

/** The instants, to the hour, between which a zone's clocks are changed in these years. */
function changesOf(timeZone: string, fromYear: number, toYear: number): number[] {
  const clock = clockOf(timeZone);
  const changes: number[] = [];
  const offsetAt = (instant: number) => Date.parse(`${clock(instant).replace(" ", "T")}Z`) - instant;
  const stepMs = 24 * hourMs;
  for (let time = Date.UTC(fromYear); time < Date.UTC(toYear); time += stepMs) {
    if (offsetAt(time) !== offsetAt(time + stepMs)) changes.push(time);
  }
  return changes;
}

/**
 * The stretch of a weekly time of one day, by walking along the minutes: from the first to the last that a clock shows
 * between its start and its end.
 */
function walk({ start, end, timeZone }: Weekly, day: string, nextDay: string, around: number) {
  const clock = clockOf(timeZone);
  const [from, until] = [`${day} ${start}`, `${end > start ? day : nextDay} ${end}`];
  const inside: number[] = [];
  for (let time = around - 60 * hourMs; time < around + 84 * hourMs; time += 15 * minuteMs) {
    const shown = clock(time);
    if (shown >= from && shown < until) inside.push(time);
  }
  return inside.length === 0 ? null : { from: inside[0] ?? 0, until: (inside.at(-1) ?? 0) + 15 * minuteMs };
}

const years = [2019, 2031] as const;
const zones = Intl.supportedValuesOf("timeZone");

it("holds in one stretch as a walk along the minutes says, in every zone, around every change of its clocks", () => {
  const random = createRandom(20261129);
  const quarter = () => {
    const minutes = Math.floor(random() * 96) * 15;
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  };
  let compared = 0;
  for (const timeZone of zones) {
    const changes = changesOf(timeZone, ...years);
    // Some of each zone; the last ones are those that clocks will be changed by.
    for (const change of changes.filter(() => random() < 0.15)) {
      const clock = clockOf(timeZone);
      const [day = ""] = clock(change + 12 * hourMs).split(" ");
      const nextDay = new Date(Date.parse(`${day}T00:00:00Z`) + 24 * hourMs).toISOString().slice(0, 10);
      const weekday = everyDay[(new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7] ?? "monday";
      const near =
        random() < 0.5 ? ["01:45", "02:30", "00:15", "23:45"][Math.floor(random() * 4)] : undefined;
      const weekly: Weekly = { days: [weekday], start: near ?? quarter(), end: quarter(), timeZone };
      const stretch = walk(weekly, day, nextDay, Date.parse(`${day}T00:00:00Z`));
      const name = JSON.stringify({ weekly, day, stretch });
      const endAt = (time: number) => weeklyEnd(weekly, new Date(time))?.getTime() ?? null;
      if (stretch) {
        const middle = stretch.from + Math.floor((stretch.until - stretch.from) * random());
        const ends = [stretch.from - 1, stretch.from, middle, stretch.until - 1, stretch.until].map(endAt);
        expect({ name, ends }).toEqual({
          name,
          ends: [null, stretch.until, stretch.until, stretch.until, null],
        });
      } else {
        expect({ name, end: endAt(change + 12 * hourMs) }).toEqual({ name, end: null });
      }
      compared += 1;
    }
  }
  expect(compared).toBeGreaterThan(100);
}, 60_000);
