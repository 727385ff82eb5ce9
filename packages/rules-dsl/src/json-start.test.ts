import fc from "fast-check";
import { expect, it } from "vitest";
import { jsonStart } from "./json-start.ts";

it("writes what JSON.stringify writes, whole up to the limit, else the beginning of it and more than the limit", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.nat(60), (value, limit) => {
      const whole = JSON.stringify(value);
      const text = jsonStart(value, limit);
      if (whole.length <= limit) expect(text).toBe(whole);
      else {
        expect(text.length).toBeGreaterThan(limit);
        expect(text.slice(0, limit)).toBe(whole.slice(0, limit));
      }
    }),
    { seed: 20261129, numRuns: 2000 },
  );
});

it("ends where a value does not", () => {
  const circle: { self?: object } = {};
  circle.self = circle;
  expect(jsonStart(circle, 100).length).toBeGreaterThan(100);
});
