import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatDuration, formatInstant, parseDuration, parseInstant } from "./dates.ts";
import { calculateDecimals, compareDecimals, type Decimal, parseDecimal } from "./decimal.ts";

function decimal(text: string | number): Decimal {
  const value = parseDecimal(text);
  if (!value) throw new Error(`${text} is no decimal`);
  return value;
}

const seed = 20260301;
const cents = fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n });

describe("decimals", () => {
  it.each([
    ["1", "+", "0.2", "1.2"],
    ["0.1", "+", "0.2", "0.3"],
    ["1e-7", "-", "1", "-0.9999999"],
    ["-1.5", "*", "1.5", "-2.25"],
    ["1", "/", "8", "0.125"],
    ["2", "/", "3", "0.66666666666666666667"],
    ["-7", "%", "2.5", "-2"],
  ] as const)("%s %s %s is %s", (left, operator, right, result) => {
    expect(calculateDecimals(operator, decimal(left), decimal(right))?.toString()).toBe(result);
  });

  it("reads numbers by their shortest spelling", () => {
    expect([0.1, 1e21, 5e-324, -0, 1.5e300].map((value) => decimal(value).toString())).toEqual([
      "0.1",
      "1000000000000000000000",
      `0.${"0".repeat(323)}5`,
      "0",
      `15${"0".repeat(299)}`,
    ]);
  });

  it.each(["", "1.", ".5", "+1", "1,5", "0x10", "NaN", " 1", "1e9999", "9".repeat(401)])(
    "refuses %j",
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );

  it("adds, subtracts and orders as whole cents do", () => {
    fc.assert(
      fc.property(cents, cents, (a, b) => {
        const [left, right] = [decimal(`${a}e-2`), decimal(`${b}e-2`)];
        const sum = calculateDecimals("+", left, right);
        expect(sum && compareDecimals(sum, decimal(`${a + b}e-2`))).toBe(0);
        expect(compareDecimals(left, right) < 0).toBe(a < b);
      }),
      { seed },
    );
  });
});

describe("dates and durations", () => {
  it.each([
    ["2026-03-01", "2026-03-01T00:00:00.000Z"],
    ["2026-03-01T09:30Z", "2026-03-01T09:30:00.000Z"],
    ["2026-03-01T09:30:15.1234567", "2026-03-01T09:30:15.123Z"],
    ["2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
    ["2026-03-01T00:30:00+0100", "2026-02-28T23:30:00.000Z"],
    ["2026-03-01t09:30:15z", "2026-03-01T09:30:15.000Z"],
    ["1970-01-01", "1970-01-01T00:00:00.000Z"],
    ["9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"],
  ])("reads %s", (text, expected) => {
    expect(new Date(parseInstant(text) ?? Number.NaN).toISOString()).toBe(expected);
  });

  it.each([
    "2026-02-30",
    "2025-02-29",
    "2026-13-01",
    "2026-01-01T24:00:00Z",
    "2026-01-01T10:00:00+25:00",
    "2026-1-1",
    "1969-12-31T23:59:59.999Z",
    "1970-01-01T00:30:00+01:00",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00Z",
    "10000-01-01",
    "-000001-01-01",
    "x",
  ])("refuses %s", (text) => {
    expect(parseInstant(text)).toBeUndefined();
  });

  it("writes dates and durations so that they are read as the same", () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date("1970-01-01"), max: new Date("9999-12-31"), noInvalidDate: true }),
        (date) => {
          expect(parseInstant(formatInstant(date.getTime()))).toBe(date.getTime());
        },
      ),
      { seed },
    );
    fc.assert(
      fc.property(fc.nat({ max: 3_155_760_000_000 }), (milliseconds) => {
        expect(parseDuration(formatDuration(milliseconds))).toBe(milliseconds);
      }),
      { seed },
    );
  });
});
