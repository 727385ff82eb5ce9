import { expect, test } from "vitest";
import { databaseInitSql } from "./init-sql.ts";

const PASSWORD = "abcdefgh-ABCDEFGH_0123";
const account = { user: "tocsin", password: PASSWORD, database: "tocsin" };

test("each statement stands on one line, as the init file wants it", () => {
  const lines = databaseInitSql(account, PASSWORD).trimEnd().split("\n");
  expect(lines.every((line) => line.endsWith(";") && line.indexOf(";") === line.length - 1)).toBe(true);
});

test("an application account gets its database alone", () => {
  const sql = databaseInitSql(account, PASSWORD);
  expect(sql).toContain("CREATE DATABASE IF NOT EXISTS `tocsin`");
  expect(sql).toContain("GRANT ALL PRIVILEGES ON `tocsin`.* TO 'tocsin'@'127.0.0.1';");
  expect(sql).not.toContain("*.*");
});

test("an administrator gets the server and no database", () => {
  const sql = databaseInitSql({ ...account, database: "*" }, PASSWORD);
  expect(sql).toContain("GRANT ALL PRIVILEGES ON *.* TO 'tocsin'@'localhost' WITH GRANT OPTION;");
  expect(sql).not.toContain("CREATE DATABASE");
});

test("the built-in root account gets a password", () => {
  expect(databaseInitSql(account, PASSWORD)).toContain(
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${PASSWORD}'`,
  );
});

test.each([
  [{ ...account, user: "a'b" }, PASSWORD],
  [{ ...account, database: "a`b" }, PASSWORD],
  [{ ...account, password: "with'quote-and-more-text" }, PASSWORD],
  [{ ...account, password: "short" }, PASSWORD],
  [account, ""],
])("what would need quoting is refused (%#)", (input, rootPassword) => {
  expect(() => databaseInitSql(input, rootPassword)).toThrow(RangeError);
});
