import { readFileSync } from "node:fs";
import { UserError } from "../engines/user-error.ts";
import { answersOk } from "../stack/start-app.ts";
import type { DemoAccount, ReadyInfo } from "../stack/ready-info.ts";

const START_FIRST = "The system is not running: run npm start first.";

/**
 * Finds the system that `npm start` of this clone runs.
 *
 * @throws UserError when it doesn't run.
 */
export async function findRunningSystem(readyFile: string): Promise<ReadyInfo> {
  const info = readReadyInfo(readyFile);
  if (info === undefined || !(await answersOk(`${info.api}/ready`))) throw new UserError(START_FIRST);
  return info;
}

/** `npm start` writes the file when all is up, and removes it when it stops. */
function readReadyInfo(file: string): ReadyInfo | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as ReadyInfo;
  } catch {
    return undefined;
  }
}

/**
 * The first demo account that has a role.
 *
 * @throws UserError when there is none, as with a database of one's own, saying how to have one.
 */
export function findAccount(accounts: readonly DemoAccount[], role: string): DemoAccount {
  const account = accounts.find(({ roles }) => roles.includes(role));
  if (account === undefined) {
    throw new UserError(
      `The demo needs a demo account with the role ${role}; this system has none. ` +
        "npm start -- --demo-data puts the demo accounts into a database of yours that nobody else uses.",
    );
  }
  return account;
}
