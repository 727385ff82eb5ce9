import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { accounts, password, type System } from "../../support/system.ts";
import { hasCommand } from "./has-command.ts";

const run = promisify(execFile);
const docs = join(import.meta.dirname, "../../../docs");
const separator = "=====";

/** Whether this machine has what the commands of guides need. */
export const canFollowGuides = hasCommand("curl") && hasCommand("bash");

/** What came of one block of commands. */
export interface FollowedBlock {
  output: string;
  /** What the API answered: each call prints it on a line. */
  answers: Record<string, unknown>[];
}

export const readGuide = (name: string) => readFileSync(join(docs, name), "utf8");

/**
 * Runs the commands of a guide as they stand there, up to the first that fails, as the account that writes rules.
 * @returns what came of each block but the first, which says where the system is: that is another one here
 * @throws Error with what was printed, where a command fails
 */
export async function followGuide(guide: string, system: System): Promise<FollowedBlock[]> {
  const [, ...blocks] = [...guide.matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, commands = ""]) => commands);
  const script = ["set -euo pipefail", blocks.join(`\necho ${separator}\n`)].join("\n");
  const { stdout } = await run("bash", ["-c", script], {
    env: {
      ...process.env,
      API: `${system.url}/api/v1`,
      EMAIL: accounts.manager.email,
      PASSWORD: password,
    },
    timeout: 50_000,
  });
  return stdout.split(separator).map((output) => ({ output, answers: answersIn(output) }));
}

const answersIn = (output: string) =>
  output
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
