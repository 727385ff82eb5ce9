import { expect, test } from "vitest";
import { takeEngineOption } from "./engine-option.ts";

test("the option is taken from wherever it stands, in both spellings, and leaves the other arguments in their order", () => {
  expect(takeEngineOption(["a", "--engine", "mysql", "b"])).toEqual({ engine: "mysql", rest: ["a", "b"] });
  expect(takeEngineOption(["--engine=mariadb", "a"])).toEqual({ engine: "mariadb", rest: ["a"] });
});

test("without it no engine is asked for", () => {
  expect(takeEngineOption(["--project", "unit"])).toEqual({ rest: ["--project", "unit"] });
});

test.each([["--engine"], ["--engine", ""], ["--engine="], ["--engine", "postgres"], ["--engine", "redis"]])(
  "%j %j names no database server and is refused with those there are",
  (...args) => {
    expect(() => takeEngineOption(args)).toThrow(/--engine must be mysql or mariadb/);
  },
);

test("two of them are refused, also when they agree", () => {
  expect(() => takeEngineOption(["--engine", "mysql", "--engine=mysql"])).toThrow("given twice");
});
