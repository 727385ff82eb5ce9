import { expect, test } from "vitest";
import { folderBeside } from "./folder-beside.ts";

test("our engines keep what belongs to each given database apart", () => {
  const folders = [
    folderBeside("mysql://u:p@127.0.0.1:3306/a"),
    folderBeside("mysql://u:p@127.0.0.1:3306/b"),
    folderBeside("mysql://u:p@127.0.0.1:3307/a"),
    folderBeside("mysql://u:p@db.example.com/a"),
  ];
  expect(new Set(folders).size).toBe(folders.length);
});

test("a database keeps its folder when its password or the spelling of its URL changes", () => {
  const folder = folderBeside("mysql://u:p@db.example.com/a");
  expect(folderBeside("mariadb://other:word@db.example.com:3306/a?ssl=true")).toBe(folder);
  expect(folder).toMatch(/^given-[0-9a-f]{12}$/);
});
