import { expect, test } from "vitest";
import { givenTestEngines } from "./test-engine-settings.ts";

test("DATABASE_URL and REDIS_URL are never used for tests", () => {
  const env = { DATABASE_URL: "mysql://u:p@h/production", REDIS_URL: "redis://h:6379" };
  expect(givenTestEngines(env)).toEqual({});
});

test("a given test database is used when its name ends in _test", () => {
  const env = { TOCSIN_TEST_DATABASE_URL: "mysql://u:p@h:3306/tocsin_test" };
  expect(givenTestEngines(env)).toEqual({ databaseUrl: env.TOCSIN_TEST_DATABASE_URL });
});

test.each(["mysql://u:p@h/tocsin", "mysql://u:p@h/", "mysql://u:p@h/_test/x"])("%s is refused", (url) => {
  expect(() => givenTestEngines({ TOCSIN_TEST_DATABASE_URL: url })).toThrow("must end in _test");
});

test.each([
  ["TOCSIN_TEST_DATABASE_URL", "postgres://h/x_test"],
  ["TOCSIN_TEST_REDIS_URL", "http://h"],
  ["TOCSIN_TEST_REDIS_URL", "nonsense"],
])("%s=%s is refused by name", (variable, url) => {
  expect(() => givenTestEngines({ [variable]: url })).toThrow(variable);
});
