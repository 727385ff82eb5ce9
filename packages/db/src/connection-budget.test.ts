import { describe, expect, it } from "vitest";
import { splitConnections, warnOfConnections } from "./connection-budget.ts";

describe("splitConnections", () => {
  const parts = ["statements", "transactions", "prisma"] as const;

  it.each([
    [30, { statements: 10, transactions: 10, prisma: 10 }],
    [31, { statements: 11, transactions: 10, prisma: 10 }],
    [32, { statements: 11, transactions: 11, prisma: 10 }],
    [6, { statements: 2, transactions: 2, prisma: 2 }],
  ])("splits %i among three pools", (budget, shares) => {
    expect(splitConnections(budget, parts)).toEqual(shares);
  });

  it("gives out exactly what there is, and two to each at least, whatever the budget is", () => {
    for (let budget = 6; budget <= 200; budget += 1) {
      const shares = Object.values(splitConnections(budget, parts));
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(budget);
      expect(Math.min(...shares)).toBeGreaterThanOrEqual(2);
    }
  });

  it("refuses a budget that leaves a pool with less than two", () => {
    expect(() => splitConnections(5, parts)).toThrow("3 pools need 6 connections, not 5");
  });
});

describe("warnOfConnections", () => {
  it.each([
    ["there is room", { limit: 151, open: 20, accountLimit: 0 }],
    ["a tenth is left exactly", { limit: 100, open: 60, accountLimit: 0 }],
    ["the account's own limit is as high as what is wanted", { limit: 151, open: 1, accountLimit: 30 }],
  ])("says nothing where %s", (_case, room) => {
    expect(warnOfConnections(room, 30)).toBeUndefined();
  });

  it("names the server's limit where less than a tenth would be left", () => {
    const warning = warnOfConnections({ limit: 100, open: 61, accountLimit: 0 }, 30);
    expect(warning).toMatch(/^The database has 61 of 100 connections open and this process wants 30: .*max_/);
  });

  it("names the account's limit where it is lower than what is wanted", () => {
    const warning = warnOfConnections({ limit: 1000, open: 1, accountLimit: 29 }, 30);
    expect(warning).toContain("may have 29 connections and this process wants 30");
  });
});
