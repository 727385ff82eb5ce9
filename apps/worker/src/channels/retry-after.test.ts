import { describe, expect, it } from "vitest";
import { longestRetryAfterMs, readRetryAfter } from "./retry-after.ts";

const now = new Date("2026-01-01T00:00:00.000Z");

describe("how long a provider asks to be left alone", () => {
  it.each([
    ["2", 2_000],
    [7, 7_000],
    ["0", 0],
    ["Thu, 01 Jan 2026 00:00:30 GMT", 30_000],
    ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
  ])("is read from %s", (header, ms) => {
    expect(readRetryAfter(header, now)).toBe(ms);
  });

  it.each(["600", "601", "1000000000", "1".repeat(400), "Fri, 01 Jan 2058 00:00:00 GMT"])(
    "is ten minutes at the most: %s",
    (header) => {
      expect(readRetryAfter(header, now)).toBe(longestRetryAfterMs);
    },
  );

  it.each(["", "soon", "-5", "NaN", undefined, null, {}, ["1", "2"]])("is not known from %s", (header) => {
    expect(readRetryAfter(header, now)).toBeNull();
  });
});
