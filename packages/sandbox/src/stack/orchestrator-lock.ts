import { writeFileSync } from "node:fs";
import { clearPidFile, readLivePidFile, writePidFile } from "../engines/pid-file.ts";
import { UserError } from "../engines/user-error.ts";

/**
 * Claims the one place of an orchestrator in this clone; a file that a killed one left behind does not count.
 *
 * @throws UserError when another one runs.
 */
export function claimOrchestrator(file: string): void {
  refuseRunning(file);
  clearPidFile(file);
  try {
    // Fails when another start claimed the place since we looked.
    writeFileSync(file, "", { flag: "wx" });
  } catch {
    refuseRunning(file);
    throw new UserError("Another npm start begins at this moment in this clone.");
  }
  writePidFile(file, { name: "npm start", pid: process.pid });
}

/** Gives the place back, when it is ours. */
export function releaseOrchestrator(file: string): void {
  if (readLivePidFile(file)?.pid === process.pid) clearPidFile(file);
}

function refuseRunning(file: string): void {
  const running = readLivePidFile(file);
  if (running === undefined) return;
  throw new UserError(`npm start already runs in this clone (process ${running.pid}); npm stop ends it.`);
}
