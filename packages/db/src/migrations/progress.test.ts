import { describe, expect, it } from "vitest";
import { describeProgress, firstLineOf, parseProgress, type Progress } from "./progress.ts";
import { splitStatements } from "./split-statements.ts";

const statements = splitStatements(
  "-- CreateTable\nCREATE TABLE a (\n  b INT\n);\n\n-- CreateIndex\n/* why */ CREATE UNIQUE INDEX c ON a(b);\nDROP TABLE d;",
);

describe("the note of how far a migration came", () => {
  it("says in words what is done and what failed", () => {
    const progress: Progress = { done: 1, total: 3, next: "failed", message: "Duplicate entry\n'1'" };
    expect(describeProgress(progress, statements)).toBe(
      "1 of 3 statements are done. Statement 2 (line 7) failed: Duplicate entry '1'\nCREATE UNIQUE INDEX c ON a(b)",
    );
  });

  it.each<Progress>([
    { done: 0, total: 3, next: "not begun" },
    { done: 1, total: 3, next: "begun" },
    { done: 2, total: 3, next: "failed", message: "Unknown table 'd'. Statement 9 (line 9) was begun." },
    { done: 3, total: 3, next: "not begun" },
  ])("is read as it was written: $done done, the next $next", (progress) => {
    expect(parseProgress(describeProgress(progress, statements), statements)).toEqual(progress);
  });

  it("is found in what earlier versions wrote", () => {
    expect(parseProgress("Migration 1_first failed at line 7: Duplicate entry '1'", statements)).toEqual({
      done: 1,
      total: 3,
      next: "failed",
      message: "Duplicate entry '1'",
    });
  });

  it.each([
    null,
    "",
    "A migration failed to apply.\n\nDatabase error code: 1061",
    "Migration 1 failed at line 4: x",
  ])("is not guessed from %j", (logs) => {
    expect(parseProgress(logs, statements)).toBeUndefined();
  });
});

describe("firstLineOf", () => {
  it("leaves out the comments before a statement, and what is too long for a line", () => {
    expect(statements.map(firstLineOf)).toEqual([
      "CREATE TABLE a (",
      "CREATE UNIQUE INDEX c ON a(b)",
      "DROP TABLE d",
    ]);
    expect(firstLineOf({ sql: `SELECT '${"x".repeat(200)}'`, line: 1 })).toHaveLength(100);
  });
});
