import { expect, it } from "vitest";
import { multiRowInsert } from "./multi-row-insert.ts";

it("repeats the row of values, and nothing else", () => {
  expect(multiRowInsert("INSERT INTO t (a, b) VALUES (?, UNHEX(?))", 3)).toBe(
    "INSERT INTO t (a, b) VALUES (?, UNHEX(?)), (?, UNHEX(?)), (?, UNHEX(?))",
  );
});

it("leaves VALUES() behind the row as it is", () => {
  const insert = "INSERT INTO t (a) values\n (IF(?, 1, (2))) ON DUPLICATE KEY UPDATE a = VALUES(a)";
  expect(multiRowInsert(insert, 2)).toBe(
    "INSERT INTO t (a) values\n (IF(?, 1, (2))), (IF(?, 1, (2))) ON DUPLICATE KEY UPDATE a = VALUES(a)",
  );
  expect(multiRowInsert(insert, 1)).toBe(insert);
});

it.each(["INSERT INTO t SELECT 1", "INSERT INTO t (a) VALUES (?"])("refuses %s", (sql) => {
  expect(() => multiRowInsert(sql, 2)).toThrow(TypeError);
});
