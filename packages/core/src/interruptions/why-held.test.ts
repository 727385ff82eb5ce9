import { describe, expect, it } from "vitest";
import { type Preference, whyHeld } from "./why-held.ts";

const ruleId = "0198c0de-0000-7000-8000-000000000001";
const everything: Preference = { quietHours: null, minimumPriority: 5, mutedRules: [] };
const night: Preference["quietHours"] = {
  days: ["monday"],
  start: "22:00",
  end: "06:00",
  timeZone: "Europe/Berlin",
};
// A Monday, one hour before midnight in Berlin.
const atNight = new Date("2026-01-05T22:00:00Z");
const byDay = new Date("2026-01-05T12:00:00Z");

describe("an alert", () => {
  it("interrupts who has no wishes", () => {
    expect(whyHeld({ ruleId, priority: 5 }, everything, atNight)).toBeNull();
  });

  it("of a muted rule never does, and no summary tells of it", () => {
    expect(whyHeld({ ruleId, priority: 2 }, { ...everything, mutedRules: [ruleId] }, byDay)).toEqual({
      reason: "muted_rule",
      summaryAt: null,
    });
  });

  it.each([
    [2, false],
    [3, false],
    [4, true],
  ])("of priority %i is held where the person asks for 3: %s", (priority, isHeld) => {
    const hold = whyHeld({ ruleId, priority }, { ...everything, minimumPriority: 3 }, byDay);
    expect(hold?.reason === "below_priority").toBe(isHeld);
  });

  it("waits for the end of quiet hours, on the clocks of the person's place", () => {
    const quiet = { ...everything, quietHours: night };
    expect(whyHeld({ ruleId, priority: 2 }, quiet, atNight)).toEqual({
      reason: "quiet_hours",
      summaryAt: new Date("2026-01-06T05:00:00Z"),
    });
    expect(whyHeld({ ruleId, priority: 2 }, quiet, byDay)).toBeNull();
  });

  it("that is critical passes everything", () => {
    const wishes = { quietHours: night, minimumPriority: 1, mutedRules: [ruleId] };
    expect(whyHeld({ ruleId, priority: 1 }, wishes, atNight)).toBeNull();
  });
});
