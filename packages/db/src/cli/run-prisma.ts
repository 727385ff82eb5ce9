import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { repositoryFolder } from "./repository.ts";

export interface PrismaRun {
  /** The exit code; 1 when Prisma was ended by a signal. */
  code: number;
  /** What it printed; empty when the output went to the terminal. */
  output: string;
}

/** Runs Prisma's command line, with this Node, from the top of the repository. */
export function runPrisma(
  args: readonly string[],
  output: "collect" | "show",
  env: NodeJS.ProcessEnv = process.env,
): PrismaRun {
  const prisma = createRequire(import.meta.url).resolve("prisma/build/index.js");
  const { error, status, stdout, stderr } = spawnSync(process.execPath, [prisma, ...args], {
    cwd: repositoryFolder,
    env,
    encoding: "utf8",
    stdio: output === "show" ? "inherit" : ["ignore", "pipe", "pipe"],
  });
  if (error !== undefined) throw error;
  return { code: status ?? 1, output: `${stdout ?? ""}${stderr ?? ""}` };
}
