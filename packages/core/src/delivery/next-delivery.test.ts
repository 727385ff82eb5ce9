import { expect, it } from "vitest";
import { deliveryDelay } from "./next-delivery.ts";

it("doubles the wait after each failed call, up to a minute", () => {
  const longest = [1, 2, 7, 8, 30].map((attempt) => deliveryDelay(attempt, null, () => 1));
  expect(longest).toEqual([500, 1000, 32_000, 60_000, 60_000]);
});

it("waits at least as long as the provider asked for", () => {
  expect(deliveryDelay(1, 7000, () => 1)).toBe(7000);
  expect(deliveryDelay(8, 7000, () => 1)).toBe(60_000);
});
