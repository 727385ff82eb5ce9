import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { processIdentity } from "./process-group.ts";

export interface PidRecord {
  name: string;
  pid: number;
}

/** Notes which process runs, with the moment it started: a process id alone may be somebody else's after a reboot. */
export function writePidFile(file: string, record: PidRecord): void {
  writeFileSync(file, JSON.stringify({ ...record, identity: processIdentity(record.pid) }));
}

/** The process a pid file speaks of, when that very process still runs. */
export function readLivePidFile(file: string): PidRecord | undefined {
  const record = readRecord(file);
  if (record?.identity === undefined) return undefined;
  return processIdentity(record.pid) === record.identity ? { name: record.name, pid: record.pid } : undefined;
}

/** Forgets a process; a file that is already gone is not an error. */
export function clearPidFile(file: string): void {
  rmSync(file, { force: true });
}

function readRecord(file: string): (PidRecord & { identity?: string }) | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    if (typeof value !== "object" || value === null) return undefined;
    const { name, pid, identity } = value as Record<string, unknown>;
    if (typeof name !== "string" || typeof pid !== "number") return undefined;
    return { name, pid, ...(typeof identity === "string" ? { identity } : {}) };
  } catch {
    // Missing, or cut off by a crash: either way it names no running process.
    return undefined;
  }
}
