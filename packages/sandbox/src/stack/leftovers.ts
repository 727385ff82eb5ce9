import { readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { stopNotedContainers } from "../engines/docker-engines.ts";
import { stopGroup } from "../engines/managed-process.ts";
import { clearPidFile, readLivePidFile } from "../engines/pid-file.ts";
import { LOCAL } from "./layout.ts";

const OWNER_FILE = "owner.pid";
const DEADLINE_MS = 30_000;
/** Reverse order of starting: those who use a database before the database itself. */
const STOP_ORDER = [
  "vitest.pid",
  "api.pid",
  "worker.pid",
  "pusher.pid",
  "s3.pid",
  "push.pid",
  "redis.pid",
  "mysql.pid",
  "mariadb.pid",
];

/**
 * Ends the processes that a killed run left behind, and removes their pid files. Tests that start engines of their own
 * note them in folders of their own in there.
 *
 * @returns the names of what was still running.
 */
export async function stopLeftovers(runFolder: string): Promise<string[]> {
  const names: string[] = [];
  for (const file of STOP_ORDER.map((name) => join(runFolder, name))) {
    const record = readLivePidFile(file);
    if (record !== undefined) {
      names.push(record.name);
      await stopGroup(record.pid, DEADLINE_MS);
    }
    clearPidFile(file);
  }
  for (const folder of listFolders(runFolder)) names.push(...(await stopLeftovers(folder)));
  if (await stopNotedContainers(runFolder)) names.push("containers");
  return names;
}

/** Where a test run notes who it is, so that a later one can tell a running one from a dead one. */
export function testOwnerFile(testFolder: string): string {
  return join(testFolder, "run", OWNER_FILE);
}

/**
 * Ends and removes what test runs left behind that were killed.
 *
 * @returns the names of what was still running.
 */
export async function removeDeadTestRuns(): Promise<string[]> {
  const names: string[] = [];
  for (const folder of listTestFolders()) {
    if (readLivePidFile(testOwnerFile(folder)) !== undefined) continue;
    names.push(...(await stopLeftovers(join(folder, "run"))));
    rmSync(folder, { recursive: true, force: true });
  }
  return names;
}

function listTestFolders(): string[] {
  return listFolders(LOCAL).filter((folder) => /^test-\d+$/.test(basename(folder)));
}

function listFolders(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => join(parent, name));
  } catch {
    // Not there yet, as .local in a fresh clone.
    return [];
  }
}
