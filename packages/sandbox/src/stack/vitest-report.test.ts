import { expect, test } from "vitest";
import { countTests } from "./vitest-report.ts";

const file = (status: string, ...assertions: string[]) => ({
  status,
  assertionResults: assertions.map((assertion) => ({ status: assertion })),
});

test("passed and failed tests are counted", () => {
  const testResults = [file("passed", "passed"), file("failed", "passed", "failed")];
  const report = { numPassedTests: 2, numFailedTests: 1, testResults };
  expect(countTests(JSON.stringify(report))).toEqual({ passed: 2, failed: 1 });
});

test("a file that could not be loaded counts as a failure", () => {
  const report = {
    numPassedTests: 1,
    numFailedTests: 0,
    testResults: [file("passed", "passed"), file("failed")],
  };
  expect(countTests(JSON.stringify(report))).toEqual({ passed: 1, failed: 1 });
});

test.each([undefined, "", "{"])("no readable report (%j) counts as a failure", (text) => {
  expect(countTests(text)).toEqual({ passed: 0, failed: 1 });
});
