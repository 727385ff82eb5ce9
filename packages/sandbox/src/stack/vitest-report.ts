/** The part of vitest's JSON report that counts. */
interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: readonly { status: string; assertionResults: readonly { status: string }[] }[];
}

export interface TestCounts {
  passed: number;
  failed: number;
}

/**
 * Counts the tests of a vitest JSON report. A file that could not even be loaded has no failed test: it counts as one.
 *
 * @param text the report; undefined when vitest wrote none, which counts as one failure.
 */
export function countTests(text: string | undefined): TestCounts {
  const report = text === undefined ? undefined : parseReport(text);
  if (report === undefined) return { passed: 0, failed: 1 };
  const brokenFiles = report.testResults.filter(
    (file) =>
      file.status === "failed" && !file.assertionResults.some((assertion) => assertion.status === "failed"),
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + brokenFiles.length };
}

function parseReport(text: string): VitestReport | undefined {
  try {
    return JSON.parse(text) as VitestReport;
  } catch {
    return undefined;
  }
}
