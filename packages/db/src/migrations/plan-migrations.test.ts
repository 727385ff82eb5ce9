import { describe, expect, it } from "vitest";
import { type AppliedMigration, MigrationRefusedError, planMigrations } from "./plan-migrations.ts";
import type { Migration } from "./read-migrations.ts";

const migration = (name: string): Migration => ({ name, sql: "", checksum: `sum of ${name}` });
const applied = (name: string, change: Partial<AppliedMigration> = {}): AppliedMigration => ({
  name,
  checksum: `sum of ${name}`,
  isFinished: true,
  ...change,
});

describe("planMigrations", () => {
  it("plans what is not applied, oldest first", () => {
    const migrations = [migration("1"), migration("2"), migration("3")];
    expect(planMigrations(migrations, [applied("1")])).toEqual({
      pending: [migration("2"), migration("3")],
      newer: [],
    });
  });

  it("plans nothing where a newer version of the program was here", () => {
    expect(planMigrations([migration("1")], [applied("1"), applied("2")])).toEqual({
      pending: [],
      newer: ["2"],
    });
  });

  it.each([
    ["one that stopped half-way", [applied("1", { isFinished: false })], /began and did not finish/],
    ["one that was changed", [applied("1", { checksum: "other" })], /was changed after it was applied/],
    ["one in between that nobody knows", [applied("0"), applied("1"), applied("2")], /has migration 0/],
    ["one that nobody knows while others are missing", [applied("1"), applied("3")], /has migration 3/],
  ])("refuses %s", (_name, rows, message) => {
    const plan = () => planMigrations([migration("1"), migration("2")], rows);
    expect(plan).toThrow(MigrationRefusedError);
    expect(plan).toThrow(message);
  });
});
