import { expect, it } from "vitest";
import { retryDelay } from "./next-attempt.ts";

it("doubles the wait after each failure, up to five minutes", () => {
  const longest = [1, 2, 3, 8, 9, 50].map((attempt) => retryDelay(attempt, () => 1));
  expect(longest).toEqual([2000, 4000, 8000, 256_000, 300_000, 300_000]);
});

it("leaves half of the wait to chance", () => {
  expect(retryDelay(3, () => 0)).toBe(4000);
});
