import { describe, expect, it } from "vitest";
import { adjustBalanceInputSchema, createBucketInputSchema } from "./transfer-buckets.ts";

const id = "0198c0de-0000-7000-8000-000000000000";
const takes = (amount: unknown) => adjustBalanceInputSchema.safeParse({ id, amount }).success;
const bucket = { name: "Payouts", currency: "EUR", threshold: "100" };
const makes = (some: object) => createBucketInputSchema.safeParse({ ...bucket, ...some }).success;

describe("an amount", () => {
  it.each(["0", "-0", "0.0001", "-125.5", "999999999999999.9999", "-999999999999999.9999"])(
    "may be %s",
    (amount) => expect(takes(amount)).toBe(true),
  );

  it.each([
    ...["", " 1", "1 ", "+1", "1.", ".5", "01", "1e3", "0x1", "NaN", "Infinity", "1,5", "--1", "1\n"],
    ...["1000000000000000", "0.00001", "１", 1, null],
  ])("may not be %j", (amount) => expect(takes(amount)).toBe(false));
});

describe("a bucket", () => {
  it("has a currency of ISO 4217", () => {
    for (const currency of ["EUR", "JPY", "KWD"]) expect(makes({ currency })).toBe(true);
    for (const currency of ["eur", "EURO", "EU", "QQQ", ""]) expect(makes({ currency })).toBe(false);
  });

  it("may have a negative threshold, but no negative hysteresis", () => {
    expect(makes({ threshold: "-500" })).toBe(true);
    expect(makes({ hysteresis: "0" })).toBe(true);
    expect(makes({ hysteresis: "-0.0001" })).toBe(false);
  });

  it("has a name of at most 255 characters", () => {
    expect(makes({ name: "a".repeat(255) })).toBe(true);
    expect(makes({ name: "a".repeat(256) })).toBe(false);
    expect(makes({ name: " " })).toBe(false);
  });
});
