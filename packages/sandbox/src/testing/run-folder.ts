import { mkdtempSync } from "node:fs";
import { join } from "node:path";

/**
 * Where a test notes the servers of its own: where `npm test` ends what a run leaves behind that was broken off.
 *
 * @param ownFolder the test's own, which holds the notes when it runs without `npm test`
 */
export function runFolderOf(ownFolder: string): string {
  const parent = process.env["TOCSIN_TEST_RUN"];
  return parent === undefined ? join(ownFolder, "run") : mkdtempSync(join(parent, "own-"));
}
