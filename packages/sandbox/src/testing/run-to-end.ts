import { spawnSync } from "node:child_process";

/** How a program ended, and what it printed. */
export interface EndedProgram {
  status: number | null;
  lines: string[];
}

/**
 * Runs a program that is to end by itself, with the same Node as the test.
 * @param entry absolute path of a TypeScript or JavaScript entry
 * @param env added to PATH: nothing else of the test's own environment is handed down
 */
export function runToEnd(entry: string, env: Readonly<Record<string, string>>): EndedProgram {
  const { PATH = "" } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry], {
    env: { PATH, ...env },
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, lines: `${stdout}${stderr}`.trim().split("\n") };
}
