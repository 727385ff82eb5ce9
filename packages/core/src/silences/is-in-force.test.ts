import type { Weekly } from "@tocsin/contracts/api/silences";
import { describe, expect, it } from "vitest";
import { isInForce } from "./is-in-force.ts";

const always = { startsAt: new Date("2020-01-01T00:00:00Z"), endsAt: null };
const weekly = (some: Partial<Weekly>): Weekly => ({
  days: ["saturday"],
  start: "22:00",
  end: "06:00",
  timeZone: "Europe/Berlin",
  ...some,
});

describe("a silence", () => {
  it("holds from its start on and ends before its end", () => {
    const silence = {
      startsAt: new Date("2026-05-01T10:00:00Z"),
      endsAt: new Date("2026-05-01T11:00:00Z"),
      weekly: null,
    };
    const at = (time: string) => isInForce(silence, new Date(time));
    expect(at("2026-05-01T09:59:59.999Z")).toBe(false);
    expect(at("2026-05-01T10:00:00.000Z")).toBe(true);
    expect(at("2026-05-01T10:59:59.999Z")).toBe(true);
    expect(at("2026-05-01T11:00:00.000Z")).toBe(false);
  });

  it.each([
    // Berlin is two hours ahead of UTC in summer. 2026-07-04 is a Saturday.
    ["before it begins", "2026-07-04T19:59:59Z", false],
    ["as it begins", "2026-07-04T20:00:00Z", true],
    ["after midnight", "2026-07-05T01:00:00Z", true],
    ["as it ends the day after", "2026-07-05T04:00:00Z", false],
    ["in the night before", "2026-07-04T01:00:00Z", false],
    // And one hour in winter. 2026-01-03 is a Saturday.
    ["before it begins in winter", "2026-01-03T20:59:59Z", false],
    ["as it begins in winter", "2026-01-03T21:00:00Z", true],
  ])("over midnight on Saturdays: %s", (_when, at, expected) => {
    expect(isInForce({ ...always, weekly: weekly({}) }, new Date(at))).toBe(expected);
  });

  it.each([
    // 2026-03-29: from 02:00 to 03:00 there is no time in Berlin; 2026-10-25: 02:00 to 03:00 comes twice.
    ["the night in which clocks go forward", "sunday", "2026-03-29T00:30:00Z", true],
    ["after its end in that night", "sunday", "2026-03-29T02:00:00Z", false],
    ["the first of the doubled hours", "sunday", "2026-10-25T00:30:00Z", true],
    ["after the doubled hour", "sunday", "2026-10-25T03:00:00Z", false],
  ] as const)("from 01:00 to 04:00 where clocks change: %s", (_when, day, at, expected) => {
    const night = weekly({ days: [day], start: "01:00", end: "04:00" });
    expect(isInForce({ ...always, weekly: night }, new Date(at))).toBe(expected);
  });

  it("that ends when it starts lasts a whole day", () => {
    const day = weekly({ start: "00:00", end: "00:00", timeZone: "UTC" });
    expect(isInForce({ ...always, weekly: day }, new Date("2026-07-04T23:59:59Z"))).toBe(true);
    expect(isInForce({ ...always, weekly: day }, new Date("2026-07-05T00:00:00Z"))).toBe(false);
  });

  it("holds at its time of the week only between its start and its end", () => {
    const silence = {
      startsAt: new Date("2026-07-01T00:00:00Z"),
      endsAt: new Date("2026-07-04T21:00:00Z"),
      weekly: weekly({}),
    };
    expect(isInForce(silence, new Date("2026-07-04T20:30:00Z"))).toBe(true);
    expect(isInForce(silence, new Date("2026-07-04T21:30:00Z"))).toBe(false);
  });
});
