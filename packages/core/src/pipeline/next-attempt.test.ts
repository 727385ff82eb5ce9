import { expect, it } from "vitest";
import { retryDelay } from "./next-attempt.ts";

it("doubles the wait after each failure", () => {
  const longest = [1, 2, 3, 7].map((attempt) => retryDelay(attempt, () => 1));
  expect(longest).toEqual([2000, 4000, 8000, 128_000]);
});

it("leaves half of the wait to chance", () => {
  expect(retryDelay(3, () => 0)).toBe(4000);
});
