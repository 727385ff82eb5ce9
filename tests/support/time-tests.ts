import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "../..");

/** What a test that has to do with instants, due times or windows says somewhere. */
const SPEAKS_OF_TIME = /\b(?:INTERVAL|UTC_TIMESTAMP|new Date|Date\.now|toISOString|clock)\b/;

/** The integration tests that have to do with time: they hold whatever the time zone of the process is. */
export function timeTests(): string[] {
  return globSync("{apps,packages}/*/src/**/*.int.test.ts", { cwd: root })
    .filter((file) => SPEAKS_OF_TIME.test(readFileSync(join(root, file), "utf8")))
    .toSorted();
}
