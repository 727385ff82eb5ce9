import { describe, expect, it } from "vitest";
import { InvalidScriptError, splitStatements } from "./split-statements.ts";

const sqlOf = (script: string) => splitStatements(script).map(({ sql }) => sql);

describe("splitStatements", () => {
  it("takes a script apart at its semicolons and tells the line of each statement", () => {
    expect(splitStatements("-- CreateTable\nCREATE TABLE a (\n  b INT\n);\n\nDROP TABLE c;\n")).toEqual([
      { sql: "-- CreateTable\nCREATE TABLE a (\n  b INT\n)", line: 2 },
      { sql: "DROP TABLE c", line: 6 },
    ]);
  });

  it.each([
    ["text", "INSERT INTO a VALUES ('x;y', 'it''s;', 'back\\';slash')"],
    ["double quotes", 'INSERT INTO a VALUES ("x;""y", "z\\";")'],
    ["names", "SELECT `a;``b` FROM c"],
    ["block comments", "SELECT 1 /* ; */ + 1"],
    ["line comments", "SELECT 1 -- ;\n+ 1"],
    ["hash comments", "SELECT 1 # ;\n+ 1"],
  ])("leaves semicolons in %s alone", (_name, statement) => {
    expect(sqlOf(`${statement}; SELECT 2`)).toEqual([statement, "SELECT 2"]);
  });

  it("takes two minus signs without a space for what they are", () => {
    expect(sqlOf("SELECT 5--3; SELECT 2")).toEqual(["SELECT 5--3", "SELECT 2"]);
  });

  it("takes a statement at the end without its semicolon", () => {
    expect(sqlOf("SELECT 1;\nSELECT 2")).toEqual(["SELECT 1", "SELECT 2"]);
  });

  it("keeps comments that the server executes", () => {
    expect(sqlOf("/*!50003 SET a = 1 */;")).toEqual(["/*!50003 SET a = 1 */"]);
  });

  it.each(["", "\n\n", "-- nothing\n", "/* nothing */;;", "-- This is an empty migration."])(
    "finds nothing in %j",
    (script) => {
      expect(splitStatements(script)).toEqual([]);
    },
  );

  it.each([
    ["SELECT 1;\nSELECT 'x", "Line 2: ' has no end."],
    ["SELECT `x", "Line 1: ` has no end."],
    ["\n\nSELECT 1 /* x", "Line 3: /* has no end."],
    ["DELIMITER $$\nSELECT 1", "Line 1: DELIMITER is a command of the mysql client, not SQL."],
  ])("refuses %j", (script, message) => {
    expect(() => splitStatements(script)).toThrow(new InvalidScriptError(message));
  });
});
