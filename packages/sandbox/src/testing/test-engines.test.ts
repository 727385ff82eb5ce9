import { afterEach, expect, test, vi } from "vitest";
import { testEngineUrl } from "./test-engines.ts";

afterEach(() => vi.unstubAllEnvs());

test("without engines the error says which command to run", () => {
  vi.stubEnv("TOCSIN_TEST_MYSQL", "");
  expect(() => testEngineUrl("TOCSIN_TEST_MYSQL")).toThrow("run npm test -- <filter>");
});
