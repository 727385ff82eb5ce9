import { availableParallelism } from "node:os";
import { formatSeconds } from "./progress.ts";
import { runTask } from "./task.ts";

/** One program that says whether the source is as it should be. */
export interface Check {
  name: string;
  command: string;
  args: readonly string[];
}

/** The lint, the types and the tests read the generated database client: it comes before everything else. */
export const GENERATE_CLIENT: Check = {
  name: "database client",
  command: "node",
  args: ["packages/db/src/cli/generate.ts"],
};

/** What can be known without running the code. */
export const STATIC_CHECKS: readonly Check[] = [
  { name: "types", command: "turbo", args: ["run", "typecheck", "--continue", "--output-logs=errors-only"] },
  { name: "lint", command: "oxlint", args: ["--type-aware", "--deny-warnings"] },
  { name: "format", command: "oxfmt", args: ["--check", "."] },
  { name: "boundaries", command: "turbo", args: ["boundaries"] },
  { name: "unused code", command: "knip", args: [] },
  {
    name: "OpenAPI document",
    command: "redocly",
    args: ["lint", "docs/openapi.json", "--config", "apps/api/redocly.yaml"],
  },
];

export const UNIT_TESTS: Check = {
  name: "unit tests",
  command: "vitest",
  args: ["run", "--project", "unit", "--passWithNoTests"],
};

/** After the tests: every route succeeded in one of them, and no answer was otherwise than documented. */
export const API_CONTRACT: Check = {
  name: "API contract",
  command: "node",
  args: ["tests/contract/summary.ts"],
};

export interface FailedCheck {
  name: string;
  output: string;
}

/** Runs the checks, as many at a time as the machine has processors, and prints a line as each one ends. */
export async function runChecks(checks: readonly Check[], env: NodeJS.ProcessEnv): Promise<FailedCheck[]> {
  const failed: FailedCheck[] = [];
  const waiting = [...checks];
  const work = async () => {
    for (let check = waiting.shift(); check !== undefined; check = waiting.shift()) {
      const startedAt = Date.now();
      const { code, output } = await runTask({ ...check, env, output: "collect" });
      console.log(`${code === 0 ? "✓" : "✗"} ${check.name} ${formatSeconds(Date.now() - startedAt)}`);
      if (code !== 0) failed.push({ name: check.name, output });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return failed;
}

/** Prints what the failed checks said, then their names in one line. */
export function reportFailedChecks(failed: readonly FailedCheck[]): void {
  for (const { name, output } of failed) console.log(`\n── ${name} ──\n${output.trim()}`);
  if (failed.length > 0) console.log(`\nFailed: ${failed.map(({ name }) => name).join(", ")}`);
}
