import { describe, expect, it } from "vitest";
import { newId, lowestIdAt } from "./ids.ts";

const UUID_V7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

// newId remembers the last time it saw: each test begins later than the one before.
const start = Date.UTC(2100, 0, 1);

describe("newId", () => {
  it("makes UUIDs of version 7", () => {
    for (let index = 0; index < 1_000; index += 1) expect(newId(start + index)).toMatch(UUID_V7);
  });

  it("begins with the time in milliseconds", () => {
    const now = start + 60_000;
    expect(Number.parseInt(newId(now).replaceAll("-", "").slice(0, 12), 16)).toBe(now);
  });

  it("makes each greater than the one before, within a millisecond and far beyond its counter", () => {
    const now = start + 120_000;
    const ids = Array.from({ length: 20_000 }, () => newId(now));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it("goes on upwards when the clock steps back", () => {
    const before = newId(start + 180_000);
    const after = newId(start);
    expect(after > before).toBe(true);
  });
});

describe("lowestIdAt", () => {
  it("stands before every id of its millisecond and behind every id of the one before", () => {
    const now = Date.UTC(2102, 0, 1);
    expect(newId(now - 1) < lowestIdAt(new Date(now))).toBe(true);
    expect(newId(now) > lowestIdAt(new Date(now))).toBe(true);
  });
});
